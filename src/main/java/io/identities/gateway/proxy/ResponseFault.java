package io.identities.gateway.proxy;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import org.jspecify.annotations.Nullable;

/** Why a well-formed head is not a valid response to a request. */
final class ResponseFault {

    private ResponseFault() {}

    /** A sentence for the log; null if the head is valid. An expected 101 is checked elsewhere. */
    static @Nullable String of(HttpResponse response) {
        int status = response.status().code();
        if (status == 101 || status < 100 || status > 599) {
            return "The backend answered with status " + status;
        }
        return isCoded(response) ? "The backend answered in a transfer coding other than chunked" : null;
    }

    /**
     * Whether the body has a transfer coding other than chunked, which is not forwarded, so that the client would
     * misread the content.
     */
    private static boolean isCoded(HttpResponse response) {
        for (String coding : response.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING)) {
            if (!HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(coding)
                    && !HttpHeaderValues.IDENTITY.contentEqualsIgnoreCase(coding)) {
                return true;
            }
        }
        return false;
    }
}
