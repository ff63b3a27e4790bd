package io.identities.gateway.keys;

import io.identities.gateway.audit.LogText;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads keys from the files of one directory. New content takes effect when two reads in a row agree, so that a file
 * that is being written is not used; after a symlink swap, as Kubernetes does it, at once.
 */
final class DirectoryKeySource implements KeySource {

    private static final String PROPERTY = "identities.keys.directory";

    /** The link that Kubernetes swaps; the names beside it lead through it. */
    private static final String SWAPPED_LINK = "..data";

    private static final int MAX_FILES = 100;
    private static final int MAX_FILE_BYTES = 256 * 1024;
    private static final int MAX_TRIES = 3;

    private final Path directory;
    private final SignatureAlgorithm configured;

    private @Nullable Contents accepted;
    private @Nullable Contents candidate;
    private @Nullable KeySet keys;

    /** @param configured the algorithm of secrets, and of keys that fit several algorithms */
    DirectoryKeySource(Path directory, SignatureAlgorithm configured) {
        this.directory = directory;
        this.configured = configured;
    }

    @Override
    public KeySet read() {
        Contents found = steadyContents();
        KeySet inForce = keys;
        if (accepted != null && inForce != null) {
            if (found.hasSameFiles(accepted)) {
                accepted = found;
                candidate = null;
                return inForce;
            }
            if (!found.isSwapOf(accepted) && (candidate == null || !found.hasSameFiles(candidate))) {
                candidate = found;
                return inForce;
            }
        }
        candidate = found;
        KeySet parsed = parse(found);
        accepted = found;
        keys = parsed;
        return parsed;
    }

    private KeySet parse(Contents contents) {
        List<SigningKey> signers = new ArrayList<>();
        List<VerificationKey> verifiers = new ArrayList<>();
        contents.files().forEach((name, content) -> {
            try {
                KeySet file = KeyFileFormat.read(name, content, configured);
                signers.addAll(file.signers());
                verifiers.addAll(file.verifiers());
            } catch (UnusableKeyException e) {
                throw new UnusableKeyException(PROPERTY + ": " + directory + "/" + e.getMessage(), e);
            }
        });
        return new KeySet(signers, verifiers);
    }

    // A swap during a read would mix old and new files.
    private Contents steadyContents() {
        for (int tries = 0; tries < MAX_TRIES; tries++) {
            Contents contents = contents();
            if (contents.paths().equals(contents().paths())) {
                return contents;
            }
        }
        throw new UnusableKeyException(PROPERTY + ": found " + directory + " changing faster than it can be read");
    }

    private Contents contents() {
        try {
            Map<String, String> paths = new HashMap<>();
            paths.put("", directory.toRealPath().toString());
            Path link = directory.resolve(SWAPPED_LINK);
            if (Files.exists(link)) {
                paths.put(SWAPPED_LINK, link.toRealPath().toString());
            }
            Map<String, byte[]> files = new TreeMap<>();
            for (Path file : keyFiles()) {
                String name = String.valueOf(file.getFileName());
                paths.put(name, file.toRealPath().toString());
                files.put(name, bytes(file));
            }
            return new Contents(paths, files);
        } catch (IOException e) {
            throw new UnusableKeyException(
                    PROPERTY + ": found " + LogText.path(place(e)) + " unreadable ("
                            + e.getClass().getSimpleName() + "), expected a directory of readable key files",
                    e);
        }
    }

    private Path place(IOException failure) {
        String file = failure instanceof FileSystemException known ? known.getFile() : null;
        return file == null ? directory : Path.of(file);
    }

    private List<Path> keyFiles() throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, this::isKeyFile)) {
            entries.forEach(files::add);
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        if (files.isEmpty() || files.size() > MAX_FILES) {
            throw new UnusableKeyException(PROPERTY + ": found " + files.size() + " key files in " + directory
                    + ", expected 1 to " + MAX_FILES + " with the ending .pem, .jwk, .jwks, .json or .secret");
        }
        return files;
    }

    private boolean isKeyFile(Path file) {
        return KeyFileFormat.isKeyFile(String.valueOf(file.getFileName())) && !Files.isDirectory(file);
    }

    // Opening a pipe blocks until it has a writer, and a device has no end.
    private static byte[] bytes(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new UnusableKeyException(
                    PROPERTY + ": found " + file + ", which is no regular file, expected a key file");
        }
        if (Files.size(file) > MAX_FILE_BYTES) {
            throw new UnusableKeyException(
                    PROPERTY + ": found " + file + " longer than " + MAX_FILE_BYTES + " bytes, expected a key file");
        }
        return Files.readAllBytes(file);
    }

    /**
     * The result of one read.
     *
     * @param paths the real path of each name; the directory itself under the empty name
     * @param files the content of each key file
     */
    private record Contents(Map<String, String> paths, Map<String, byte[]> files) {

        boolean hasSameFiles(Contents other) {
            return files.keySet().equals(other.files.keySet())
                    && files.entrySet().stream()
                            .allMatch(file -> Arrays.equals(file.getValue(), other.files.get(file.getKey())));
        }

        /** Whether a name that is in both resolves to another path now. */
        boolean isSwapOf(Contents other) {
            return paths.entrySet().stream().anyMatch(path -> {
                String before = other.paths.get(path.getKey());
                return before != null && !before.equals(path.getValue());
            });
        }
    }
}
