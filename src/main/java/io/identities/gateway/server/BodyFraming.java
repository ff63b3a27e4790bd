package io.identities.gateway.server;

import static io.identities.gateway.server.HttpMessageGrammar.isIgnoringCase;

import io.identities.gateway.http.HeaderName;
import io.identities.gateway.http.ProblemCode;
import org.jspecify.annotations.Nullable;

/** How the body of a request is framed (RFC 9112 §6): by one length, by chunks, or not at all. Not thread-safe. */
final class BodyFraming {

    private static final String CONTENT_LENGTH = "content-length";
    private static final String TRANSFER_ENCODING = "transfer-encoding";

    private boolean lengthSeen;
    private boolean chunked;
    private long length;

    void reset() {
        lengthSeen = false;
        chunked = false;
        length = 0;
    }

    boolean isChunked() {
        return chunked;
    }

    /** The announced length in bytes, 0 without one. */
    long length() {
        return length;
    }

    /** Whether two readers could disagree about the end of the body. */
    boolean isAmbiguous(boolean http10) {
        return chunked && (lengthSeen || http10);
    }

    /**
     * Checks a header line that frames the body.
     *
     * @param nameEnd the end of the name, exclusive
     * @param from the beginning of the value, without blanks, and {@code to} its end, exclusive
     * @return why the request is refused; null when nothing is wrong, or the line is about something else
     */
    @Nullable ProblemCode field(byte[] line, int nameEnd, int from, int to) {
        if (isReadAs(CONTENT_LENGTH, line, nameEnd)) {
            return isIgnoringCase(line, 0, nameEnd, CONTENT_LENGTH)
                    ? contentLength(line, from, to)
                    : ProblemCode.AMBIGUOUS_REQUEST;
        }
        if (isReadAs(TRANSFER_ENCODING, line, nameEnd)) {
            return isIgnoringCase(line, 0, nameEnd, TRANSFER_ENCODING)
                    ? transferEncoding(line, from, to)
                    : ProblemCode.AMBIGUOUS_REQUEST;
        }
        return null;
    }

    private @Nullable ProblemCode contentLength(byte[] line, int from, int to) {
        long announced = HttpMessageGrammar.length(line, from, to);
        if (lengthSeen || announced < 0) {
            return ProblemCode.AMBIGUOUS_REQUEST;
        }
        lengthSeen = true;
        length = announced;
        return null;
    }

    /** Only {@code chunked}, once: any other coding would be forwarded without its name. */
    private @Nullable ProblemCode transferEncoding(byte[] line, int from, int to) {
        if (chunked || !isIgnoringCase(line, from, to, "chunked")) {
            return ProblemCode.AMBIGUOUS_REQUEST;
        }
        chunked = true;
        return null;
    }

    /** Also true for {@code Content_Length} and similar spellings, which CGI-style gateways read as the real one. */
    private static boolean isReadAs(String name, byte[] line, int nameEnd) {
        if (nameEnd != name.length()) {
            return false;
        }
        for (int i = 0; i < nameEnd; i++) {
            if (HeaderName.fold((char) (line[i] & 0xFF)) != name.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
