package io.identities.gateway.server;

import io.identities.gateway.http.ProblemCode;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Follows the bytes of one connection from request to request: where a head, a body and a message end, and whether
 * every byte between is well-formed. Reads ahead, never consumes. Not thread-safe.
 */
final class RequestFraming {

    private static final int EMPTY_LINES_BEFORE_A_REQUEST = 4;

    /** Bytes of the longest ordinary chunk line; not counted, so that only extensions and trailers add up. */
    private static final int CHUNK_LINE = 10;

    private final RequestHead head;
    private final BoundedLines lines;

    private State state = State.START;
    private int emptyLines;
    private long left;
    private @Nullable ProblemCode problem;

    /** @param maxHead bytes of a request line and its header lines; trailers and chunk lines may have as many */
    RequestFraming(int maxHead, RequestHead head) {
        this.head = head;
        this.lines = new BoundedLines(maxHead);
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

    /**
     * Scans the readable bytes from {@code from} on.
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

    /** Whether the request has been read to its end. */
    boolean isComplete() {
        return state == State.COMPLETE;
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
        lines.restart();
        head.reset();
    }

    /** Advances by one line or run of body bytes; -1 when more bytes are needed or something is wrong. */
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
        int end = lines.end(in, at);
        return switch (end) {
            case BoundedLines.INCOMPLETE -> incompleteLine(in, at);
            case BoundedLines.TOO_LONG -> refuse(ProblemCode.HEADERS_TOO_LARGE);
            case BoundedLines.MALFORMED -> refuse(ProblemCode.AMBIGUOUS_REQUEST);
            default -> completeLine(in, at, end);
        };
    }

    /** Refuses at once what no further byte can make valid, rather than wait for the rest. */
    private int incompleteLine(ByteBuf in, int at) {
        if (state == State.START && at < in.writerIndex()) {
            byte[] first = {in.getByte(at)};
            if (first[0] != '\r' && !HttpMessageGrammar.isToken(first, 0, 1)) {
                return refuse(ProblemCode.AMBIGUOUS_REQUEST);
            }
        }
        return -1;
    }

    private int completeLine(ByteBuf in, int at, int lineFeed) {
        int length = lineFeed - 1 - at;
        ProblemCode found = judge(BoundedLines.copy(in, at, length), length);
        return found == null ? lineFeed + 1 : refuse(found);
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
        lines.restart();
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
        lines.giveBack(CHUNK_LINE);
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
}
