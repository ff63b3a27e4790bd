package io.identities.gateway.credentials;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.apache.commons.codec.digest.DigestUtils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An htpasswd file and the last valid entries that were read from it.
 *
 * <p>New content takes effect when two {@link #poll polls} in a row have seen it, so that a slow rewrite in place is
 * not read half done; it takes effect at once if the path leads to another file than before, as after an atomic swap of
 * a symbolic link anywhere above it. A file that is missing, unreadable, without a usable entry, or unfinished in its
 * last line changes nothing and is logged once (LOG-19).
 */
final class WatchedHtpasswdFile {

    private static final Logger log = LoggerFactory.getLogger(WatchedHtpasswdFile.class);
    private static final long MAX_SIZE = 64L * 1024 * 1024;
    private static final int LOGGED_LINES = 20;

    /** Well below what any check may take, after which a wrong password would no longer be told that it is wrong. */
    private static final Duration DEAR = Duration.ofSeconds(5);

    private final Path file;
    private volatile HtpasswdEntries inForce;
    private Reading accepted;
    private Reading before;
    private @Nullable Stat settled;
    private String lastFailure = "";

    /** @throws IllegalArgumentException when there is no such file, or it cannot be read */
    WatchedHtpasswdFile(Path file) {
        this.file = file;
        try {
            this.accepted = read(Stat.of(file));
            this.before = accepted;
            this.inForce = HtpasswdEntries.parse(accepted.content());
        } catch (IOException e) {
            throw new IllegalArgumentException("identities.credentials.htpasswd.file: found " + file + " (" + cause(e)
                    + "), expected a readable file");
        }
        warnOfLines(inForce);
        if (inForce.isEmpty()) {
            log.warn("{} holds no usable entry: nobody can log in", file);
        }
        accepted = accepted.withoutContent();
        before = accepted;
    }

    HtpasswdEntries entries() {
        return inForce;
    }

    /** Checks the file; reads it only if it may have changed. */
    synchronized void poll() {
        try {
            Stat stat = Stat.of(file);
            if (!stat.equals(settled)) {
                update(read(stat));
            }
        } catch (IOException e) {
            settled = null;
            reportFailure(cause(e));
        }
    }

    private void update(Reading now) {
        boolean twice = now.sameAs(before);
        boolean elsewhere = !now.stat().path().equals(accepted.stat().path());
        before = now.withoutContent();
        if (twice) {
            settled = now.stat();
        }
        if (Arrays.equals(now.digest(), accepted.digest())) {
            accepted = before;
            lastFailure = "";
        } else if (twice || elsewhere) {
            judge(now);
        }
    }

    private void judge(Reading now) {
        HtpasswdEntries entries = HtpasswdEntries.parse(now.content());
        if (entries.isEmpty()) {
            reportFailure("no usable entry");
            return;
        }
        if (entries.isBrokenAtTheEnd()) {
            reportFailure("its last line is unusable and has no line end, as if it was still being written");
            return;
        }
        inForce = entries;
        accepted = now.withoutContent();
        lastFailure = "";
        log.info("{} was read again: {} entries", file, entries.size());
        warnOfLines(entries);
    }

    private void reportFailure(String cause) {
        if (!cause.equals(lastFailure)) {
            lastFailure = cause;
            log.warn("{}: {}; the last good content stays in force", file, cause);
        }
    }

    private void warnOfLines(HtpasswdEntries entries) {
        List<String> problems = entries.problems();
        problems.stream().limit(LOGGED_LINES).forEach(problem -> log.warn("{}, {}: not used", file, problem));
        if (problems.size() > LOGGED_LINES) {
            log.warn("{}: {} more lines are not used", file, problems.size() - LOGGED_LINES);
        }
        if (entries.refusal().compareTo(DEAR) > 0) {
            log.warn(
                    "{}: a refused login verifies one hash of each kind and cost, which takes about {} s ({})",
                    file,
                    entries.refusal().toSeconds(),
                    entries.costs());
        }
    }

    private Reading read(Stat stat) throws IOException {
        if (stat.size() > MAX_SIZE) {
            throw new IOException(stat.size() + " bytes, more than " + MAX_SIZE);
        }
        byte[] content = Files.readAllBytes(file);
        return new Reading(stat, DigestUtils.sha256(content), content);
    }

    private static String cause(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "missing";
        }
        if (e instanceof AccessDeniedException) {
            return "not readable";
        }
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }

    /** The file that the path resolves to, and its attributes. */
    private record Stat(Path path, @Nullable Object key, long size, FileTime modified) {

        static Stat of(Path file) throws IOException {
            Path path = file.toRealPath();
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            if (!attributes.isRegularFile()) {
                throw new IOException(attributes.isDirectory() ? "a directory" : "not a regular file");
            }
            return new Stat(path, attributes.fileKey(), attributes.size(), attributes.lastModifiedTime());
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // Compared by sameAs only.
    private record Reading(Stat stat, byte[] digest, byte[] content) {

        Reading withoutContent() {
            return new Reading(stat, digest, new byte[0]);
        }

        boolean sameAs(Reading other) {
            return Objects.equals(stat, other.stat) && Arrays.equals(digest, other.digest);
        }
    }
}
