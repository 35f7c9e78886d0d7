package io.github.whylink.it.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/**
 * Ratings of films by users whose tastes are known, from 1 to 5: who shares the taste of a film rates it higher; users are
 * strict or not, films good or not, and all of it is noisy.
 */
public final class GeneratedRatings {
    public static final int USERS = 160;

    public static final int FILMS = 80;

    /** The taste of user or film i is {@code i % GROUPS}. */
    public static final int GROUPS = 4;

    private static final int RATINGS_OF_USER = 20;

    private GeneratedRatings() {}

    /** Ratings as user, film and rating; each pair once. */
    public static List<List<Integer>> drawn(Random random) {
        double[] kindness = random.doubles(USERS).map(x -> x - 0.5).toArray();
        double[] quality = random.doubles(FILMS).map(x -> 1.4 * (x - 0.5)).toArray();
        List<List<Integer>> ratings = new ArrayList<>();
        for (int user = 0; user < USERS; user++) {
            Set<Integer> films = new TreeSet<>();
            while (films.size() < RATINGS_OF_USER) {
                int film = random.nextInt(FILMS);
                if (film % GROUPS == user % GROUPS || random.nextBoolean()) {
                    films.add(film);
                }
            }
            for (int film : films) {
                double liked = (film % GROUPS == user % GROUPS ? 4.1 : 2.4) + kindness[user] + quality[film];
                long rating = Math.round(liked + 0.6 * random.nextGaussian());
                ratings.add(List.of(user, film, (int) Math.max(1, Math.min(5, rating))));
            }
        }
        return ratings;
    }
}
