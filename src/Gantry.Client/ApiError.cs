using Gantry.Api.Models;

namespace Gantry.Client;

/// <summary>A refusal of the API.</summary>
/// <param name="Code">The HTTP status.</param>
/// <param name="Reason">The machine-readable reason, such as <c>NotFound</c>; may be empty.</param>
/// <param name="Message">What the API says about it.</param>
/// <param name="Status">The whole answer.</param>
public sealed record ApiError(int Code, string Reason, string Message, V1Status Status)
{
    public static ApiError Of(V1Status status) => new(status.Code, status.Reason, status.Message, status);

    /// <summary>An error as the API would answer it, for implementations of the contracts.</summary>
    public static ApiError Of(int code, string reason, string message) =>
        Of(new V1Status { Status = "Failure", Code = code, Reason = reason, Message = message });

    public bool IsNotFound => Code == 404;

    /// <summary>The object is there already (409 as well, but not a lost race of updates).</summary>
    public bool IsAlreadyExists => Reason == "AlreadyExists";

    /// <summary>Somebody else wrote the object since it was read.</summary>
    public bool IsConflict => Code == 409 && !IsAlreadyExists;

    /// <summary>The revision asked for is no longer kept.</summary>
    public bool IsGone => Code == 410;

    public bool IsForbidden => Code == 403;

    public bool IsInvalid => Code == 422;

    /// <summary>A wait and a second try may help: too many requests, timeouts, errors of the server.</summary>
    public bool IsTransient => Code is 408 or 429 or >= 500;

    /// <summary>A create was refused because its namespace is being deleted; trying again is useless.</summary>
    public bool IsNamespaceTerminating =>
        IsForbidden && (Status.Details?.Causes.Any(c => c.Reason == "NamespaceTerminating") ?? false);

    public override string ToString() => Message;
}
