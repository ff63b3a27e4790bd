package io.identities.gateway.server;

import io.identities.gateway.http.ProblemCode;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.FastThreadLocal;
import org.jspecify.annotations.Nullable;

/**
 * Follows the bytes of one connection from request to request: where a head, a body and a message end, and whether
 * every byte between is well-formed. Reads ahead, never consumes. Not thread-safe.
 */
final class RequestFraming {

    private static final byte[] NO_LINE = new byte[0];
    private static final int EMPTY_LINES_BEFORE_A_REQUEST = 4;

    private static final FastThreadLocal<byte[]> LINE = new FastThreadLocal<>() {
        @Override
        protected byte[] initialValue() {
            return NO_LINE;
        }
    };

    private final int maxHead;
    private final RequestHead head;

    private State state = State.START;
    private int emptyLines;
    private int lineBytes;
    private int searched;
    private long left;
    private @Nullable ProblemCode problem;

    /** @param maxHead bytes of a request line and all header lines together; trailers and chunk lines have as many */
    RequestFraming(int maxHead, RequestHead head) {
        this.maxHead = maxHead;
        this.head = head;
    }

    private enum State {
        START,
        FIELDS,
        FIXED,
        CHUNK_SIZE,
        CHUNK_DATA,
        CHUNK_END,
        TRAILERS,
        COMPLETE
    }

    /** What came of the bytes that were there. */
    enum Progress {
        MORE,
        COMPLETE,
        REFUSED
    }

    /**
     * Looks at the readable bytes from {@code from} on.
     *
     * @return an index into {@code in}: every byte before it is well-formed and belongs to the current request
     */
    int advance(ByteBuf in, int from) {
        int at = from;
        while (state != State.COMPLETE && problem == null) {
            int next = step(in, at);
            if (next < 0) {
                return at;
            }
            at = next;
        }
        return at;
    }

    Progress progress() {
        if (problem != null) {
            return Progress.REFUSED;
        }
        return state == State.COMPLETE ? Progress.COMPLETE : Progress.MORE;
    }

    /** Why the bytes are refused; null while nothing is wrong. */
    @Nullable ProblemCode problem() {
        return problem;
    }

    RequestHead head() {
        return head;
    }

    /** Whether the head is still being read. */
    boolean isInHead() {
        return state == State.START || state == State.FIELDS;
    }

    /** Prepares for the next request of the connection. */
    void next() {
        state = State.START;
        emptyLines = 0;
        lineBytes = 0;
        searched = 0;
        head.reset();
    }

    /** One line or run of body bytes further; -1 when more bytes are needed or something is wrong. */
    private int step(ByteBuf in, int at) {
        return switch (state) {
            case FIXED, CHUNK_DATA -> data(in, at);
            case CHUNK_END -> chunkEnd(in, at);
            default -> line(in, at);
        };
    }

    private int data(ByteBuf in, int at) {
        int run = (int) Math.min(left, in.writerIndex() - at);
        if (run == 0) {
            return -1;
        }
        left -= run;
        if (left == 0) {
            state = state == State.FIXED ? State.COMPLETE : State.CHUNK_END;
        }
        return at + run;
    }

    private int chunkEnd(ByteBuf in, int at) {
        int readable = in.writerIndex() - at;
        if (readable > 0 && in.getByte(at) != '\r' || readable > 1 && in.getByte(at + 1) != '\n') {
            return refuse(ProblemCode.AMBIGUOUS_REQUEST);
        }
        if (readable < 2) {
            return -1;
        }
        state = State.CHUNK_SIZE;
        return at + 2;
    }

    private int line(ByteBuf in, int at) {
        int end = in.indexOf(at + searched, in.writerIndex(), (byte) '\n');
        if (end < 0) {
            return lineToCome(in, at);
        }
        searched = 0;
        int length = end - at - 1;
        lineBytes += length + 2;
        if (lineBytes > maxHead + 2) {
            return refuse(ProblemCode.HEADERS_TOO_LARGE);
        }
        if (length < 0 || in.getByte(end - 1) != '\r') {
            return refuse(ProblemCode.AMBIGUOUS_REQUEST);
        }
        byte[] line = scratch(length);
        in.getBytes(at, line, 0, length);
        ProblemCode found = judge(line, length);
        return found == null ? end + 1 : refuse(found);
    }

    /** A line without its end: refuses at once what no further byte can mend, so that garbage is not waited for. */
    private int lineToCome(ByteBuf in, int at) {
        int readable = in.writerIndex() - at;
        if (lineBytes + readable > maxHead + 1) {
            return refuse(ProblemCode.HEADERS_TOO_LARGE);
        }
        if (state == State.START && readable > 0) {
            byte[] first = {in.getByte(at)};
            if (first[0] != '\r' && !WireGrammar.isToken(first, 0, 1)) {
                return refuse(ProblemCode.AMBIGUOUS_REQUEST);
            }
        }
        searched = readable;
        return -1;
    }

    private @Nullable ProblemCode judge(byte[] line, int length) {
        return switch (state) {
            case START -> start(line, length);
            case FIELDS -> length == 0 ? headEnd() : head.field(line, length);
            case CHUNK_SIZE -> chunkSize(line, length);
            case TRAILERS -> trailer(line, length);
            default -> throw new IllegalStateException("No line is due in state " + state);
        };
    }

    private @Nullable ProblemCode start(byte[] line, int length) {
        if (length == 0) {
            return ++emptyLines > EMPTY_LINES_BEFORE_A_REQUEST ? ProblemCode.AMBIGUOUS_REQUEST : null;
        }
        state = State.FIELDS;
        return head.requestLine(line, length);
    }

    private @Nullable ProblemCode headEnd() {
        lineBytes = 0;
        left = head.body().length();
        if (head.body().isChunked()) {
            state = State.CHUNK_SIZE;
        } else {
            state = left > 0 ? State.FIXED : State.COMPLETE;
        }
        return head.end();
    }

    private @Nullable ProblemCode chunkSize(byte[] line, int length) {
        int size = ChunkGrammar.size(line, length);
        if (size == ChunkGrammar.INVALID) {
            return ProblemCode.AMBIGUOUS_REQUEST;
        }
        lineBytes = Math.max(0, lineBytes - 10);
        left = size;
        state = size == 0 ? State.TRAILERS : State.CHUNK_DATA;
        return null;
    }

    private @Nullable ProblemCode trailer(byte[] line, int length) {
        if (length == 0) {
            state = State.COMPLETE;
            return null;
        }
        return ChunkGrammar.isTrailer(line, length) ? null : ProblemCode.AMBIGUOUS_REQUEST;
    }

    private int refuse(ProblemCode code) {
        problem = head.asksForwardAuth() ? ForwardAuthPath.denial(code) : code;
        return -1;
    }

    private static byte[] scratch(int length) {
        byte[] line = LINE.get();
        if (line.length < length) {
            line = new byte[Math.max(length, 1024)];
            LINE.set(line);
        }
        return line;
    }
}
