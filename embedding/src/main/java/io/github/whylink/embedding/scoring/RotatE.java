package io.github.whylink.embedding.scoring;

/**
 * RotatE: {@code score = -‖h∘r - t‖} over complex numbers with {@code |r_i| = 1}: a relation turns each coordinate.
 *
 * <p>Shapes: a row of {@code 2·dimension} floats holds the real parts first, then the imaginary parts. O(d) a score. The
 * norm is the Euclidean one over all {@code 2·dimension} floats.
 *
 * <p>The paper stores angles and takes their cosine and sine. Here a relation row holds any complex numbers (a, b), and the
 * rotation is their direction {@code r = (a, b) / √(a² + b²)}, computed inside the query: the same set of models, but
 * without trigonometry, whose last bits differ between Java versions and processors, and with rows that can start like all
 * others. The gradient goes through the normalisation exactly and is at a right angle to (a, b), so that plain steps can
 * only lengthen a row and a longer row turns more slowly. Where the modulus is 0 (below about 1e-23, as squares vanish
 * there) the rotation is by 0 and its gradient is taken as 0.
 *
 * <p>As a rotation keeps lengths, the heads of (?, r, t) are compared with {@code conj(r)∘t}. Source: Sun, Deng, Nie and
 * Tang, "RotatE: knowledge graph embedding by relational rotation in complex space", ICLR 2019, arXiv 1902.10197, eq. 2.
 */
record RotatE() implements ScoringFunction {
    @Override
    public String name() {
        return "RotatE";
    }

    @Override
    public int entityWidth(int dimension) {
        return 2 * dimension;
    }

    @Override
    public int relationWidth(int dimension) {
        return 2 * dimension;
    }

    @Override
    public Similarity similarity() {
        return Similarity.NEGATIVE_L2;
    }

    @Override
    public boolean complexRows() {
        return true;
    }

    /** {@code q = r∘h}. */
    @Override
    public void tailQuery(float[] head, float[] relation, float[] query) {
        int d = query.length / 2;
        for (int i = 0; i < d; i++) {
            int j = d + i;
            float modulus = modulus(relation[i], relation[j]);
            float cos = modulus == 0f ? 1f : relation[i] / modulus;
            float sin = modulus == 0f ? 0f : relation[j] / modulus;
            query[i] = head[i] * cos - head[j] * sin;
            query[j] = head[i] * sin + head[j] * cos;
        }
    }

    /** {@code q = conj(r)∘t}. */
    @Override
    public void headQuery(float[] relation, float[] tail, float[] query) {
        int d = query.length / 2;
        for (int i = 0; i < d; i++) {
            int j = d + i;
            float modulus = modulus(relation[i], relation[j]);
            float cos = modulus == 0f ? 1f : relation[i] / modulus;
            float sin = modulus == 0f ? 0f : relation[j] / modulus;
            query[i] = tail[i] * cos + tail[j] * sin;
            query[j] = tail[j] * cos - tail[i] * sin;
        }
    }

    /**
     * Only the part of {@code ∂q/∂r} along the circle reaches (a, b): with the turn {@code g·i·r∘h} of a coordinate,
     * {@code ∂/∂(a, b) = turn · (-sin, cos) / modulus}.
     */
    @Override
    public void tailQueryGradient(
            float[] head, float[] relation, float[] queryGradient, float[] headGradient, float[] relationGradient) {
        int d = queryGradient.length / 2;
        for (int i = 0; i < d; i++) {
            int j = d + i;
            float re = queryGradient[i];
            float im = queryGradient[j];
            float modulus = modulus(relation[i], relation[j]);
            float cos = modulus == 0f ? 1f : relation[i] / modulus;
            float sin = modulus == 0f ? 0f : relation[j] / modulus;
            headGradient[i] += re * cos + im * sin;
            headGradient[j] += im * cos - re * sin;
            if (modulus != 0f) {
                float byCos = re * head[i] + im * head[j];
                float bySin = im * head[i] - re * head[j];
                float turn = (bySin * cos - byCos * sin) / modulus;
                relationGradient[i] -= turn * sin;
                relationGradient[j] += turn * cos;
            }
        }
    }

    @Override
    public void headQueryGradient(
            float[] relation, float[] tail, float[] queryGradient, float[] relationGradient, float[] tailGradient) {
        int d = queryGradient.length / 2;
        for (int i = 0; i < d; i++) {
            int j = d + i;
            float re = queryGradient[i];
            float im = queryGradient[j];
            float modulus = modulus(relation[i], relation[j]);
            float cos = modulus == 0f ? 1f : relation[i] / modulus;
            float sin = modulus == 0f ? 0f : relation[j] / modulus;
            tailGradient[i] += re * cos - im * sin;
            tailGradient[j] += re * sin + im * cos;
            if (modulus != 0f) {
                float byCos = re * tail[i] + im * tail[j];
                float bySin = re * tail[j] - im * tail[i];
                float turn = (bySin * cos - byCos * sin) / modulus;
                relationGradient[i] -= turn * sin;
                relationGradient[j] += turn * cos;
            }
        }
    }

    /**
     * A direction ṙ turns the rotation u at the angular speed {@code ω = Im(conj(u)·ṙ) / modulus}, so that {@code u̇ = iωu}
     * and {@code q̇ = u∘ḣ + iω∘q}.
     */
    @Override
    public void tailQueryTangent(
            float[] head,
            float[] relation,
            float[] headTangent,
            float[] relationTangent,
            float[] tangent,
            float[] scratch) {
        tangent(1f, head, relation, headTangent, relationTangent, tangent);
    }

    @Override
    public void headQueryTangent(
            float[] relation,
            float[] tail,
            float[] relationTangent,
            float[] tailTangent,
            float[] tangent,
            float[] scratch) {
        tangent(-1f, tail, relation, tailTangent, relationTangent, tangent);
    }

    /** @param sign 1 for u, -1 for conj(u), which is the rotation by the conjugate of the relation */
    private static void tangent(
            float sign,
            float[] entity,
            float[] relation,
            float[] entityTangent,
            float[] relationTangent,
            float[] tangent) {
        int d = tangent.length / 2;
        for (int i = 0; i < d; i++) {
            int j = d + i;
            float modulus = modulus(relation[i], relation[j]);
            float cos = modulus == 0f ? 1f : relation[i] / modulus;
            float sin = modulus == 0f ? 0f : sign * relation[j] / modulus;
            float speed = modulus == 0f ? 0f : (cos * sign * relationTangent[j] - sin * relationTangent[i]) / modulus;
            tangent[i] = entityTangent[i] * cos - entityTangent[j] * sin - speed * (entity[i] * sin + entity[j] * cos);
            tangent[j] = entityTangent[i] * sin + entityTangent[j] * cos + speed * (entity[i] * cos - entity[j] * sin);
        }
    }

    /**
     * What is moved is {@code ∂/∂h = conj(u)∘g} and {@code ∂/∂(a, b) = T·iu / modulus} with {@code T = Im(g·conj(q))}:
     *
     * <pre>
     * conj(u)∘(ġ - iωg)      and      ((Ṫ - T·ṁ / modulus)·iu - T·ω·u) / modulus
     * Ṫ = Im(ġ·conj(q) + g·conj(q̇)),   ṁ = Re(conj(u)·ṙ)
     * </pre>
     */
    @Override
    public void tailQueryGradientTangent(
            float[] head,
            float[] relation,
            float[] headTangent,
            float[] relationTangent,
            float[] queryGradient,
            float[] queryGradientTangent,
            float[] headSum,
            float[] relationSum) {
        gradientTangent(
                1f,
                head,
                relation,
                headTangent,
                relationTangent,
                queryGradient,
                queryGradientTangent,
                headSum,
                relationSum);
    }

    @Override
    public void headQueryGradientTangent(
            float[] relation,
            float[] tail,
            float[] relationTangent,
            float[] tailTangent,
            float[] queryGradient,
            float[] queryGradientTangent,
            float[] relationSum,
            float[] tailSum) {
        gradientTangent(
                -1f,
                tail,
                relation,
                tailTangent,
                relationTangent,
                queryGradient,
                queryGradientTangent,
                tailSum,
                relationSum);
    }

    private static void gradientTangent(
            float sign,
            float[] entity,
            float[] relation,
            float[] entityTangent,
            float[] relationTangent,
            float[] queryGradient,
            float[] queryGradientTangent,
            float[] entitySum,
            float[] relationSum) {
        int d = queryGradient.length / 2;
        for (int i = 0; i < d; i++) {
            int j = d + i;
            float modulus = modulus(relation[i], relation[j]);
            float cos = modulus == 0f ? 1f : relation[i] / modulus;
            float sin = modulus == 0f ? 0f : sign * relation[j] / modulus;
            float along = relationTangent[i];
            float across = sign * relationTangent[j];
            float speed = modulus == 0f ? 0f : (cos * across - sin * along) / modulus;
            float gRe = queryGradient[i];
            float gIm = queryGradient[j];
            float re = queryGradientTangent[i] + speed * gIm;
            float im = queryGradientTangent[j] - speed * gRe;
            entitySum[i] += re * cos + im * sin;
            entitySum[j] += im * cos - re * sin;
            if (modulus != 0f) {
                float qRe = entity[i] * cos - entity[j] * sin;
                float qIm = entity[i] * sin + entity[j] * cos;
                float turn = gIm * qRe - gRe * qIm;
                // The part iω∘q of q̇ is in (re, im) already: Im(g·conj(iωq)) = Im(-iωg·conj(q)).
                float stillRe = entityTangent[i] * cos - entityTangent[j] * sin;
                float stillIm = entityTangent[i] * sin + entityTangent[j] * cos;
                float turnTangent = im * qRe - re * qIm + gIm * stillRe - gRe * stillIm;
                float lengthening = (cos * along + sin * across) / modulus;
                float tangential = (turnTangent - turn * lengthening) / modulus;
                float radial = turn * speed / modulus;
                relationSum[i] -= tangential * sin + radial * cos;
                relationSum[j] += sign * (tangential * cos - radial * sin);
            }
        }
    }

    private static float modulus(float re, float im) {
        return (float) Math.sqrt(re * re + im * im);
    }
}
