package io.github.whylink.influence;

import io.github.whylink.embedding.facts.Facts;
import java.util.EnumSet;
import java.util.Set;

/** A predicted fact: its tail is the answer to the query (head, relation, ?). */
public record Link(int head, int relation, int tail) {
    /** A row of the link that a fact shares. */
    public enum Role {
        /** The fact has the link's head, at either end. */
        HEAD,
        /** The fact has the link's relation. */
        RELATION,
        /** The fact has the link's tail, at either end. */
        TAIL
    }

    /** The rows of this link that a fact shares; empty if none. */
    public Set<Role> sharedWith(Facts facts, int fact) {
        Set<Role> roles = EnumSet.noneOf(Role.class);
        if (facts.head(fact) == head || facts.tail(fact) == head) {
            roles.add(Role.HEAD);
        }
        if (facts.relation(fact) == relation) {
            roles.add(Role.RELATION);
        }
        if (facts.head(fact) == tail || facts.tail(fact) == tail) {
            roles.add(Role.TAIL);
        }
        return roles;
    }
}
