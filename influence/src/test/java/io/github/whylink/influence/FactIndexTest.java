package io.github.whylink.influence;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.testing.RandomFacts;
import io.github.whylink.embedding.testing.TextFacts;
import io.github.whylink.influence.Link.Role;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FactIndexTest {
    @Test
    void candidatesAreAllFactsThatShareARowInAnyRole() {
        Facts facts = RandomFacts.of(200, 30, 8, 1);
        FactIndex index = new FactIndex(facts);
        for (int i = 0; i < 30; i++) {
            Link link = new Link(i, i % 8, (i * 7) % 30);
            int[] expected = IntStream.range(0, facts.count())
                    .filter(f -> facts.relation(f) == link.relation()
                            || facts.head(f) == link.head()
                            || facts.tail(f) == link.head()
                            || facts.head(f) == link.tail()
                            || facts.tail(f) == link.tail())
                    .toArray();
            assertArrayEquals(expected, index.sharingARow(link));
        }
    }

    @Test
    void rolesNameTheSharedRows() {
        TextFacts text =
                TextFacts.of("anna KNOWS bob; carl LIKES anna; bob LIKES carl; dora KNOWS dora; bob LIKES anna");
        Facts facts = text.facts();
        Link annaKnowsBob = new Link(text.entity("anna"), text.relation("KNOWS"), text.entity("bob"));
        assertEquals(Set.of(Role.HEAD, Role.RELATION, Role.TAIL), annaKnowsBob.sharedWith(facts, 0));
        assertEquals(Set.of(Role.HEAD), annaKnowsBob.sharedWith(facts, 1));
        assertEquals(Set.of(Role.TAIL), annaKnowsBob.sharedWith(facts, 2));
        assertEquals(Set.of(Role.RELATION), annaKnowsBob.sharedWith(facts, 3));
        assertEquals(Set.of(Role.HEAD, Role.TAIL), annaKnowsBob.sharedWith(facts, 4));
    }
}
