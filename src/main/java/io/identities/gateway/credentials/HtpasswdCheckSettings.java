package io.identities.gateway.credentials;

import io.identities.gateway.audit.LogText;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The check against an htpasswd file.
 *
 * @param file path of the file; watched, symbolic links above it too
 * @param threads threads that verify passwords; by default half of the processors
 * @param timeout longest wait for a thread
 * @param reloadInterval how often the file is checked for changes
 */
record HtpasswdCheckSettings(
        @Nullable Path file,
        @Nullable Integer threads,
        @DefaultValue("5s") Duration timeout,
        @DefaultValue("1s") Duration reloadInterval) {

    HtpasswdCheckSettings {
        Setting.positive("htpasswd.timeout", timeout);
        Setting.positive("htpasswd.reload-interval", reloadInterval);
        if (threads != null) {
            Setting.within("htpasswd.threads", threads, 1, 1024);
        }
    }

    Path path() {
        if (file == null || file.toString().isBlank()) {
            throw Setting.wrong("htpasswd.file", "nothing", "the path of an htpasswd file");
        }
        return file;
    }

    int threadCount() {
        return threads == null ? Math.max(1, Runtime.getRuntime().availableProcessors() / 2) : threads;
    }

    void requireComplete() {
        path();
    }

    void requireReadable() {
        if (!Files.isRegularFile(path()) || !Files.isReadable(path())) {
            String found = Files.isDirectory(path())
                    ? ", a directory"
                    : Files.exists(path()) ? ", unreadable" : ", which is not there";
            throw Setting.wrong("htpasswd.file", LogText.path(path()) + found, "a readable file");
        }
    }
}
