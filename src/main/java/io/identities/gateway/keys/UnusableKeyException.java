package io.identities.gateway.keys;

/** A key, or the location of keys, is not usable. The message never carries key material. */
public final class UnusableKeyException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** @param message what was found and what is expected, without the value of any secret */
    public UnusableKeyException(String message) {
        super(message);
    }

    UnusableKeyException(String message, Throwable cause) {
        super(message, cause);
    }
}
