package io.identities.gateway.ops;

import io.identities.gateway.audit.LogText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Objects;
import org.apache.commons.codec.digest.DigestUtils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * The credential of an operator for writing, for explanations and for health details. Read from its file at each use,
 * so that a rotation takes effect at once; compared in constant time; never printed.
 */
final class ManagementToken {

    static final String HEADER = "X-Management-Token";

    /** A 401 must have a challenge (RFC 9110 section 15.5.2); browsers open no dialogue for this scheme. */
    static final String CHALLENGE = "ManagementToken header=\"" + HEADER + "\"";

    private static final Logger log = LoggerFactory.getLogger(ManagementToken.class);
    private static final int MIN_LENGTH = 16;
    private static final int MAX_LENGTH = 4096;

    private final @Nullable Path file;

    ManagementToken(@Nullable Path file) {
        this.file = file;
    }

    /** Whether a token is configured, so that writing and explaining are possible. */
    boolean exists() {
        return file != null;
    }

    /** @throws IllegalArgumentException if the file does not hold a token */
    void check() {
        read(Objects.requireNonNull(file));
    }

    /** Whether {@code presented} is the token; false if there is none or its file cannot be read any more. */
    Mono<Boolean> matches(String presented) {
        return file == null
                ? Mono.just(false)
                : Mono.fromCallable(() -> isEqual(presented, file)).subscribeOn(Schedulers.boundedElastic());
    }

    private boolean isEqual(String presented, Path file) {
        try {
            return MessageDigest.isEqual(DigestUtils.sha256(presented), DigestUtils.sha256(read(file)));
        } catch (IllegalArgumentException e) {
            log.warn("{}", e.getMessage());
            return false;
        }
    }

    private static String read(Path file) {
        try {
            // Opening a pipe blocks until it has a writer.
            boolean readable = Files.size(file) <= MAX_LENGTH && Files.isRegularFile(file);
            String text = readable ? Files.readString(file).strip() : "";
            if (text.length() < MIN_LENGTH || !text.chars().allMatch(c -> c > ' ' && c < 127)) {
                throw new IllegalArgumentException("identities.management.token-file: found " + LogText.path(file)
                        + " without a usable token, expected one line of at least " + MIN_LENGTH
                        + " printable ASCII characters without blanks");
            }
            return text;
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "identities.management.token-file: found " + LogText.path(file) + ", which cannot be read ("
                            + e.getClass().getSimpleName() + "), expected a readable file",
                    e);
        }
    }
}
