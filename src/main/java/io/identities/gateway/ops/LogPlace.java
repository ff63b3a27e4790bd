package io.identities.gateway.ops;

import static java.util.Objects.requireNonNull;

import io.identities.gateway.audit.LogText;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.springframework.boot.logging.LogFile;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/** Checks that the configured log file can be written. */
final class LogPlace {

    private LogPlace() {}

    /** @param making whether to create a missing file, as the start will do; otherwise nothing is created */
    static Optional<String> problem(Environment environment, boolean making) {
        LogFile log = LogFile.get(environment);
        if (log == null) {
            return Optional.empty();
        }
        try {
            Path file = Path.of(log.toString()).toAbsolutePath();
            if (making) {
                make(file);
            } else {
                checkWritable(file);
            }
            return Optional.empty();
        } catch (IOException | InvalidPathException e) {
            String name = StringUtils.hasLength(environment.getProperty(LogFile.FILE_NAME_PROPERTY))
                    ? LogFile.FILE_NAME_PROPERTY
                    : LogFile.FILE_PATH_PROPERTY;
            return Optional.of(name + ": found " + LogText.of(log.toString()) + ", which cannot be written ("
                    + reason(e) + "), expected a place that this user may write to");
        }
    }

    private static void make(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)
                .close();
    }

    private static void checkWritable(Path file) throws IOException {
        if (Files.exists(file)) {
            Files.newOutputStream(file, StandardOpenOption.APPEND).close();
            return;
        }
        Path folder = requireNonNull(file.getParent());
        while (!Files.exists(folder)) {
            folder = requireNonNull(folder.getParent());
        }
        if (!Files.isDirectory(folder)) {
            throw new NotDirectoryException(folder.toString());
        }
        if (!Files.isWritable(folder)) {
            throw new AccessDeniedException(folder.toString());
        }
    }

    private static String reason(Exception failure) {
        String reason = failure instanceof FileSystemException system ? system.getReason() : null;
        return reason == null ? failure.getClass().getSimpleName() : reason;
    }
}
