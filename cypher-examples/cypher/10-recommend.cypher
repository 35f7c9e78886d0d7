// Which film should Ada watch next, how much will she like it, and why?
//
// Ratings are relationships with a property, (:Viewer)-[:RATED {rating: 4}]->(:Film). To a model, that somebody rated a film
// says little; relationshipProperties makes a relation of each rating: RATED=1 to RATED=5.

// The graph is made up for the story: how well it goes says nothing of your ratings, which are measured below in the same way.
// Sixty viewers and thirty-six films of three kinds. Each viewer likes one kind more than the others, which the model is
// not told. Who likes a film rates it 3 to 5, others 1 to 3.
UNWIND ['Moon', 'Murder', 'Wedding'] AS kind
UNWIND range(1, 12) AS number
CREATE (:Film {title: kind + ' ' + number, kind: kind, number: number});

UNWIND range(0, 59) AS i
CREATE (:Viewer {name: 'Viewer ' + i, likes: ['Moon', 'Murder', 'Wedding'][i % 3], number: i});

MATCH (viewer:Viewer), (film:Film)
WITH viewer, film, viewer.likes = film.kind AS liked, size(film.kind) * 17 + viewer.number * film.number AS dice
WHERE (dice * 13 + viewer.number * 37 + film.number * 61) % 101 < CASE WHEN liked THEN 60 ELSE 40 END
CREATE (viewer)-[:RATED {
  rating: CASE WHEN liked THEN 4 ELSE 2 END + [0, 1, 0, -1][(dice * 7 + viewer.number * 53 + film.number * 29) % 97 % 4]}]->(film);

MATCH (ada:Viewer {name: 'Viewer 36'})
SET ada.name = 'Ada';

MATCH (:Viewer)-[rated:RATED]->(:Film)
RETURN rated.rating AS rating, count(*) AS facts
ORDER BY rating;
// | rating | facts |
// | 1 | 139 |
// | 2 | 308 |
// | 3 | 229 |
// | 4 | 220 |
// | 5 | 107 |

CALL whylink.train('films', {relationshipTypes: ['RATED'], relationshipProperties: {RATED: 'rating'}, reciprocalRelations: true,
  negativeSampling: '1vsAll', batchSize: 64, regularizer: 'N3', entityPenalty: 0.2, relationPenalty: 0.2, maxEpochs: 30})
YIELD relations, facts, heldOut
RETURN relations, facts, heldOut;
// | relations | facts | heldOut |
// | 5 | 903 | 100 |

// How well does it tell ratings that it has not seen? The row of side 'value' is about that: accuracy is the share that it
// gets exactly, and the errors are in stars, of the most probable rating and of the mean of all. Which ratings are held out
// depends on the ids that the database gives the nodes, so that your figures, films and reasons are others than these.
CALL whylink.evaluate('films')
YIELD type, side, facts, accuracy, meanAbsoluteError, expectedAbsoluteError
WHERE side = 'value'
RETURN type, facts, round(accuracy, 2) AS accuracy, round(meanAbsoluteError, 2) AS error,
  round(expectedAbsoluteError, 2) AS errorOfMean;

// One run said:
//   type, facts, accuracy, error, errorOfMean
//   RATED, 100, 0.46, 0.66, 0.73

// Who always guesses the rating that a film gets on average is further off.
MATCH (film:Film)<-[seen:RATED]-()
WHERE seen.whylink_films_influence IS NOT NULL
WITH film, avg(seen.rating) AS mean
MATCH (film)<-[unseen:RATED]-()
WHERE unseen.whylink_films_influence IS NULL
RETURN round(avg(CASE WHEN round(mean) = unseen.rating THEN 1.0 ELSE 0.0 END), 2) AS accuracy,
  round(avg(abs(unseen.rating - round(mean))), 2) AS error, round(avg(abs(unseen.rating - mean)), 2) AS errorOfMean;

// One run said:
//   accuracy, error, errorOfMean
//   0.19, 1.11, 1.13

// The films to which Ada would most probably give five stars. What she has rated, with whichever rating, is left out.
MATCH (ada:Viewer {name: 'Ada'})
CALL whylink.predict.targets('films', {source: ada, type: 'RATED=5', nodeLabels: ['Film'], topK: 3})
YIELD rank, target
CALL whylink.predict.value('films', {source: ada, type: 'RATED', target: target})
YIELD value, probability, expected
RETURN rank, target.title AS film, value AS rating, round(probability, 2) AS probability, round(expected, 1) AS expected
ORDER BY rank;

// One run said:
//   rank, film, rating, probability, expected
//   1, Moon 12, 5, 0.49, 4.3
//   2, Moon 3, 5, 0.4, 4.1
//   3, Moon 7, 4, 0.48, 3.6

// Why the first of them? Each row is a rating of somebody's: of the same film by others, and Ada's own.
MATCH (ada:Viewer {name: 'Ada'})
CALL whylink.predict.targets('films', {source: ada, type: 'RATED=5', nodeLabels: ['Film'], topK: 1})
YIELD target AS film
CALL whylink.explain('films', {source: ada, type: 'RATED=5', target: film, topK: 6})
YIELD rank, source, type, target, role
RETURN rank, source.name AS viewer, source.likes AS likes, type, target.title AS film, role
ORDER BY rank;

// One run said:
//   rank, viewer, likes, type, film, role
//   1, Ada, Moon, RATED=5, Moon 6, source + type
//   2, Viewer 39, Moon, RATED=4, Moon 12, target
//   3, Viewer 21, Moon, RATED=3, Moon 12, target
//   4, Ada, Moon, RATED=3, Moon 11, source
//   5, Viewer 30, Moon, RATED=4, Moon 12, target
//   6, Ada, Moon, RATED=5, Moon 10, source + type

// A recommendation that a shop shows is a relationship like any other; it gets the rating that was predicted.
CALL whylink.predict.write('films', {writeType: 'RECOMMENDED', relationshipTypes: ['RATED=5'], sourceLabels: ['Viewer'],
  targetLabels: ['Film'], topK: 40})
YIELD written
RETURN written;
// | written |
// | 40 |

MATCH (viewer:Viewer)-[recommended:RECOMMENDED]->(film:Film)
RETURN recommended.rating AS rating, count(*) AS links,
  2 * count(CASE WHEN film.kind = viewer.likes THEN 1 END) > count(*) AS mostOfTheirKind;
// | rating | links | mostOfTheirKind |
// | 5 | 40 | true |

// The original: MovieLens 100k (https://grouplens.org/datasets/movielens/100k/) may be downloaded, but not passed on. Put
// u.data and u.item of it into the folder import of the database. The columns of u.data are user, film, rating and time,
// separated by tabs, those of u.item begin with number and title and are separated by bars; u.item has to be converted
// first: iconv -f latin1 -t utf8 u.item > items.txt
//
//   CREATE CONSTRAINT FOR (user:User) REQUIRE user.id IS UNIQUE;
//   CREATE CONSTRAINT FOR (film:Film) REQUIRE film.id IS UNIQUE;
//   LOAD CSV FROM 'file:///items.txt' AS row FIELDTERMINATOR '|'
//   CREATE (:Film {id: toInteger(row[0]), title: row[1]});
//   LOAD CSV FROM 'file:///u.data' AS row FIELDTERMINATOR '\t'
//   MERGE (user:User {id: toInteger(row[0])})
//   WITH user, row
//   MATCH (film:Film {id: toInteger(row[1])})
//   CREATE (user)-[:RATED {rating: toInteger(row[2])}]->(film);
//
// and train as above.

MATCH (n)
WHERE n:Viewer OR n:Film
DETACH DELETE n;

CALL whylink.models.drop('films')
YIELD modelName
RETURN modelName;
// | modelName |
// | films |
