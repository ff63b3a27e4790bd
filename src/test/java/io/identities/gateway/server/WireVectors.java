package io.identities.gateway.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Public sets of raw requests: llhttp's and gunicorn's, below the folder of the system property {@code test.vectors}. */
public final class WireVectors {

    private static final Pattern LLHTTP = Pattern.compile(
            "###? (?<name>[^\\n]+)\\n\\n<!-- meta=\\{\"type\": \"request\"[^\\n]*-->\\n```http\\n(?<request>.*?)\\n```\\n.*?"
                    + "```log\\n(?<log>.*?)```",
            Pattern.DOTALL);

    private static final Pattern FIRST_LINE = Pattern.compile("(?:\\r\\n)*[^\\r\\n]* HTTP/1\\.1\\r\\n");

    /** Gunicorn's own settings decide about these, not HTTP: see the set's README. */
    private static final Set<String> GUNICORN_LIMITS =
            Set.of("006", "007", "008", "009", "010", "011", "012", "017", "019", "limit_header_default_01");

    private WireVectors() {}

    /**
     * One case.
     *
     * @param valid whether a strict reader takes it whole
     * @param messages how many complete requests are in it
     */
    public record Vector(String name, byte[] bytes, boolean valid, int messages) {

        /** The same with a {@code Host} after each HTTP/1.1 request line that has none, which both sets leave out. */
        public Vector withHost() {
            String text = new String(bytes, ISO_8859_1);
            Matcher line = FIRST_LINE.matcher(text);
            boolean add = line.lookingAt()
                    && !Pattern.compile("(?i)\\r\\nhost *:").matcher(text).find();
            String hosted =
                    add ? text.substring(0, line.end()) + "Host: a.example\r\n" + text.substring(line.end()) : text;
            return new Vector(name, hosted.getBytes(ISO_8859_1), valid, messages);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    public static List<Vector> all() throws IOException {
        Path root = Path.of(System.getProperty("test.vectors", ""));
        List<Vector> all = new ArrayList<>();
        for (Path file : files(root.resolve("llhttp/request"), ".md")) {
            Matcher block = LLHTTP.matcher(Files.readString(file));
            while (block.find()) {
                all.add(llhttp(file.getFileName() + ": " + block.group("name"), block));
            }
        }
        for (String kind : List.of("valid", "invalid")) {
            for (Path file : files(root.resolve("gunicorn-requests/" + kind), ".http")) {
                String name = file.getFileName().toString().replace(".http", "");
                if (!(kind.equals("invalid") && GUNICORN_LIMITS.contains(name))) {
                    byte[] bytes = unescaped(Files.readAllBytes(file), false);
                    all.add(new Vector("gunicorn " + kind + " " + name, bytes, kind.equals("valid"), 1));
                }
            }
        }
        return all;
    }

    private static Vector llhttp(String name, Matcher block) {
        String log = block.group("log");
        int messages = log.split("message complete", -1).length - 1;
        byte[] request = unescaped(block.group("request").getBytes(UTF_8), true);
        return new Vector(name, request, !log.contains("error code="), messages);
    }

    private static List<Path> files(Path folder, String ending) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(ending))
                    .sorted()
                    .toList();
        }
    }

    /** @param realLineEnds whether a line end of the file is one of the request; a backslash before it joins lines */
    private static byte[] unescaped(byte[] text, boolean realLineEnds) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < text.length; i++) {
            int b = text[i] & 0xff;
            if (b == '\\' && i + 1 < text.length) {
                i = escape(text, i + 1, out);
            } else if (b == '\n') {
                if (realLineEnds) {
                    out.write('\r');
                    out.write('\n');
                }
            } else if (b != '\r') {
                out.write(b);
            }
        }
        return out.toByteArray();
    }

    private static int escape(byte[] text, int at, ByteArrayOutputStream out) {
        switch (text[at]) {
            case 'r' -> out.write('\r');
            case 'n' -> out.write('\n');
            case 't' -> out.write('\t');
            case 'f' -> out.write('\f');
            case '\n' -> {
                // Joined with the next line.
            }
            case 'x' -> {
                out.write(Integer.parseInt(new String(text, at + 1, 2, ISO_8859_1), 16));
                return at + 2;
            }
            case '0', '1', '2', '3' -> {
                boolean octal = at + 2 < text.length
                        && text[at + 1] >= '0'
                        && text[at + 1] <= '7'
                        && text[at + 2] >= '0'
                        && text[at + 2] <= '7';
                out.write(octal ? Integer.parseInt(new String(text, at, 3, ISO_8859_1), 8) : text[at] - '0');
                return octal ? at + 2 : at;
            }
            default -> out.write(text[at]);
        }
        return at;
    }
}
