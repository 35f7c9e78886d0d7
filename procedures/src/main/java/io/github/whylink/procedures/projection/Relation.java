package io.github.whylink.procedures.projection;

/**
 * What the embedding knows as one relation: a relationship type or, where a property splits it, one value of the property.
 *
 * @param type of the relationships
 * @param property that splits the type; null if none does
 * @param value of the property: a Long, Double, Boolean or String; null without a property
 */
public record Relation(String type, String property, Object value) {
    /** Between type and value in a name. */
    private static final char SEPARATOR = '=';

    /** A type that nothing splits. */
    public Relation(String type) {
        this(type, null, null);
    }

    /** Whether it is one value of a property. */
    public boolean isSplit() {
        return property != null;
    }

    /** What the user calls it: {@code RATED}, or {@code RATED=5}. Numbers that are equal have one name: 4 and 4.0. */
    public String name() {
        return property == null ? type : type + SEPARATOR + text();
    }

    private String text() {
        return value instanceof Double number && number == Math.rint(number) && Math.abs(number) < 0x1p53
                ? Long.toString(number.longValue())
                : String.valueOf(value);
    }

    /** The value as a number; NaN if it is none. */
    public double number() {
        return value instanceof Number number ? number.doubleValue() : Double.NaN;
    }

    /** The same with its number as a float. */
    Relation withFloat() {
        return value instanceof Long number ? new Relation(type, property, (double) number) : this;
    }
}
