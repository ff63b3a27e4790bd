package io.identities.gateway.ops;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Checks the validity periods of certificates. */
final class CertificateDates {

    private static final int MOST_NAMED = 3;

    private CertificateDates() {}

    /** One sentence for all invalid ones: a trust store may hold dozens of unused certificates. */
    static Optional<String> warning(Collection<X509Certificate> certificates, Instant now) {
        List<X509Certificate> bad = certificates.stream()
                .filter(certificate -> !isGood(certificate, now))
                .distinct()
                .toList();
        if (bad.isEmpty()) {
            return Optional.empty();
        }
        if (bad.size() == 1) {
            return Optional.of("found the certificate of " + described(bad.get(0)) + ", expected one that is good now");
        }
        String named =
                bad.stream().limit(MOST_NAMED).map(CertificateDates::described).collect(Collectors.joining("; "));
        String more = bad.size() > MOST_NAMED ? "; and " + (bad.size() - MOST_NAMED) + " more" : "";
        return Optional.of("found " + bad.size() + " certificates that are not good now (" + named + more
                + "), expected such as are");
    }

    private static boolean isGood(X509Certificate certificate, Instant now) {
        return !now.isBefore(certificate.getNotBefore().toInstant())
                && !now.isAfter(certificate.getNotAfter().toInstant());
    }

    private static String described(X509Certificate certificate) {
        return BundleContents.subject(certificate) + ", good from "
                + certificate.getNotBefore().toInstant() + " to "
                + certificate.getNotAfter().toInstant();
    }
}
