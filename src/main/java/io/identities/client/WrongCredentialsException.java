package io.identities.client;

/** The gateway says that the username and the password do not belong together. */
public final class WrongCredentialsException extends IdentitiesException {

    WrongCredentialsException(Problem problem, Throwable cause) {
        super("Wrong username or password", problem, cause);
    }

    @Override
    WrongCredentialsException again() {
        return new WrongCredentialsException(problem(), this);
    }
}
