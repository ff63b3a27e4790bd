package io.identities.gateway.session;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.server.reactive.ServerHttpRequest;
import reactor.core.publisher.Mono;

/** Collects a small request body and stops reading as soon as it exceeds the limit. */
final class BoundedBody {

    private static final Duration MAX_TIME = Duration.ofSeconds(20);

    private final int limit;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    private BoundedBody(int limit) {
        this.limit = limit;
    }

    /**
     * The body; fails with {@link TooLarge} past {@code limit} bytes, and with {@link TooSlow} after 20 s (UPS-19). No
     * more than the limit is ever held.
     *
     * @param limit in bytes
     */
    static Mono<byte[]> of(ServerHttpRequest request, int limit) {
        if (request.getHeaders().getContentLength() > limit) {
            return Mono.error(new TooLarge());
        }
        return Mono.defer(() -> {
            BoundedBody body = new BoundedBody(limit);
            return request.getBody()
                    .doOnNext(body::add)
                    .then(Mono.fromSupplier(body.bytes::toByteArray))
                    .timeout(MAX_TIME, Mono.error(TooSlow::new));
        });
    }

    private void add(DataBuffer buffer) {
        try {
            if (bytes.size() + buffer.readableByteCount() > limit) {
                throw new TooLarge();
            }
            byte[] part = new byte[buffer.readableByteCount()];
            buffer.read(part);
            bytes.write(part, 0, part.length);
        } finally {
            DataBufferUtils.release(buffer);
        }
    }

    /** The body is larger than the endpoint takes. */
    static final class TooLarge extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TooLarge() {
            super("The request body is too large", null, false, false);
        }
    }

    /** The body takes too long to arrive. */
    static final class TooSlow extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TooSlow() {
            super("The request body did not arrive in time", null, false, false);
        }
    }
}
