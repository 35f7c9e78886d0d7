package io.github.whylink.procedures.config;

import org.neo4j.graphdb.Node;

/** A predicted link as the user names it: (source)-[type]->(target). */
public record LinkRequest(Node source, String type, Node target) {
    static LinkRequest read(ConfigurationReader in) {
        return new LinkRequest(
                in.requiredNode("source"),
                in.requiredString("type", "a relationship type of the model"),
                in.requiredNode("target"));
    }
}
