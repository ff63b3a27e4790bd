package io.identities.gateway.credentials;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The content of an htpasswd file: lines of {@code name:hash}; empty lines and comments are skipped. Immutable.
 *
 * <p>If a name occurs twice, the first line counts, usable or not, as in Apache. Ignores everything after a second
 * colon, and a byte order mark before the first name.
 */
final class HtpasswdEntries {

    /** Hashes cheaper than this fraction of the most expensive one are not distinguishable by timing. */
    private static final double NOTICEABLE = 0.02;

    private static final String BYTE_ORDER_MARK = "\ufeff";
    private static final Pattern LOCKS = Pattern.compile("^!+");

    private final Map<String, PasswordHash> users;
    private final List<PasswordHash> costs;
    private final List<String> problems;
    private final boolean brokenAtTheEnd;

    private HtpasswdEntries(Map<String, PasswordHash> users, List<String> problems, boolean brokenAtTheEnd) {
        this.users = users;
        this.costs = costs(users.values());
        this.problems = List.copyOf(problems);
        this.brokenAtTheEnd = brokenAtTheEnd;
    }

    static HtpasswdEntries parse(byte[] content) {
        Map<String, PasswordHash> users = new HashMap<>();
        Set<String> unusable = new HashSet<>();
        List<String> problems = new ArrayList<>();
        int number = 0;
        boolean broken = false;
        for (int start = 0; start < content.length; ) {
            int end = endOfLine(content, start);
            number++;
            String problem = add(users, unusable, content, start, end);
            if (problem != null) {
                problems.add("line " + number + ": " + problem);
            }
            broken = problem != null && end == content.length && !isWhole(content, start);
            start = end + 1;
        }
        return new HtpasswdEntries(users, problems, broken);
    }

    @Nullable PasswordHash of(String username) {
        return users.get(username);
    }

    boolean isEmpty() {
        return users.isEmpty();
    }

    int size() {
        return users.size();
    }

    /**
     * One hash of every type and cost in the file that takes noticeable time, most expensive first: the cost of every
     * refusal.
     */
    List<PasswordHash> costs() {
        return costs;
    }

    /** Roughly how long a refusal takes on a processor of its own. */
    Duration refusal() {
        double microseconds = costs.stream().mapToDouble(PasswordHash::weight).sum();
        return Duration.ofMillis((long) (microseconds / 1000));
    }

    /** Line numbers and their problems, never the content. */
    List<String> problems() {
        return problems;
    }

    /** Whether the last line is unusable and has no end, as in a file that is still being written. */
    boolean isBrokenAtTheEnd() {
        return brokenAtTheEnd;
    }

    private static @Nullable String add(
            Map<String, PasswordHash> users, Set<String> unusable, byte[] content, int start, int end) {
        String line;
        try {
            line = UTF_8.newDecoder()
                    .decode(ByteBuffer.wrap(content, start, end - start))
                    .toString();
        } catch (CharacterCodingException e) {
            return "not UTF-8";
        }
        boolean marked = start == 0 && line.startsWith(BYTE_ORDER_MARK);
        String entry = (marked ? line.substring(1) : line).strip();
        if (entry.isEmpty() || entry.startsWith("#")) {
            return null;
        }
        String[] parts = entry.split(":", 3);
        if (parts.length < 2) {
            return "no colon between a name and a hash";
        }
        return add(users, unusable, parts[0], parts[1].strip());
    }

    private static @Nullable String add(
            Map<String, PasswordHash> users, Set<String> unusable, String name, String text) {
        if (!SubjectMapping.isUsable(name)) {
            return "a name that is empty, ends with a blank or holds control characters";
        }
        if (users.containsKey(name) || unusable.contains(name)) {
            return "a name that stands further up already";
        }
        PasswordHash hash = PasswordHash.parse(text);
        if (hash == null) {
            unusable.add(name);
            return "a hash of no supported kind (bcrypt up to cost 16, SHA-crypt up to 2000000 rounds, $apr1$, {SHA})";
        }
        users.put(name, hash);
        return null;
    }

    /** A complete hash means a complete line: one that is locked by {@code !} or duplicated is intended that way. */
    private static boolean isWhole(byte[] content, int start) {
        String line = new String(content, start, content.length - start, UTF_8);
        String[] parts = line.split(":", 3);
        return parts.length > 1
                && PasswordHash.parse(LOCKS.matcher(parts[1].strip()).replaceFirst("")) != null;
    }

    private static int endOfLine(byte[] content, int start) {
        int end = start;
        while (end < content.length && content[end] != '\n') {
            end++;
        }
        return end;
    }

    private static List<PasswordHash> costs(Collection<PasswordHash> hashes) {
        Map<String, PasswordHash> distinct = new LinkedHashMap<>();
        double dearest = 0;
        for (PasswordHash hash : hashes) {
            distinct.putIfAbsent(hash.toString(), hash);
            dearest = Math.max(dearest, hash.weight());
        }
        double floor = dearest * NOTICEABLE;
        return distinct.values().stream()
                .filter(hash -> hash.weight() >= floor)
                .sorted(Comparator.comparingDouble(PasswordHash::weight).reversed())
                .toList();
    }
}
