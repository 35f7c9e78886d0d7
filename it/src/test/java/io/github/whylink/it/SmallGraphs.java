package io.github.whylink.it;

/** Graphs that can be seen at a glance. */
final class SmallGraphs {
    /** Eleven people in three towns of two countries; dora's country is missing. */
    static final String TOWNS =
            """
            CREATE (berlin:Town {name: 'Berlin'}), (munich:Town {name: 'Munich'}), (paris:Town {name: 'Paris'}),
              (germany:Country {name: 'Germany'}), (france:Country {name: 'France'}),
              (berlin)-[:IN]->(germany), (munich)-[:IN]->(germany), (paris)-[:IN]->(france),
              (anna:Person {name: 'anna'})-[:LIVES_IN]->(berlin), (anna)-[:CITIZEN_OF]->(germany),
              (bob:Person {name: 'bob'})-[:LIVES_IN]->(berlin), (bob)-[:CITIZEN_OF]->(germany),
              (carl:Person {name: 'carl'})-[:LIVES_IN]->(berlin), (carl)-[:CITIZEN_OF]->(germany),
              (dora:Person {name: 'dora'})-[:LIVES_IN]->(berlin),
              (emil:Person {name: 'emil'})-[:LIVES_IN]->(munich), (emil)-[:CITIZEN_OF]->(germany),
              (fred:Person {name: 'fred'})-[:LIVES_IN]->(munich), (fred)-[:CITIZEN_OF]->(germany),
              (gilles:Person {name: 'gilles'})-[:LIVES_IN]->(paris), (gilles)-[:CITIZEN_OF]->(france),
              (henri:Person {name: 'henri'})-[:LIVES_IN]->(paris), (henri)-[:CITIZEN_OF]->(france),
              (irene:Person {name: 'irene'})-[:LIVES_IN]->(paris), (irene)-[:CITIZEN_OF]->(france),
              (jean:Person {name: 'jean'})-[:LIVES_IN]->(paris), (jean)-[:CITIZEN_OF]->(france),
              (karl:Person {name: 'karl'})-[:LIVES_IN]->(munich), (karl)-[:CITIZEN_OF]->(germany),
              (anna)-[:KNOWS]->(bob), (bob)-[:KNOWS]->(carl), (carl)-[:KNOWS]->(dora), (gilles)-[:KNOWS]->(henri),
              (:Person {name: 'nobody'})
            """;

    /** Number of facts in {@link #TOWNS}. */
    static final int TOWNS_FACTS = 28;

    /** Number of nodes in {@link #TOWNS} that take part in a fact. */
    static final int TOWNS_ENTITIES = 16;

    private SmallGraphs() {}
}
