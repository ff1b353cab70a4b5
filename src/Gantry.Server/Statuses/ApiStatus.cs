using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Gantry.Api.Schemas;

namespace Gantry.Server.Statuses;

/// <summary>The <c>Status</c> object (meta/v1): how the API says no, and how it says yes where there is nothing else to say.</summary>
public sealed record ApiStatus
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public required int Code { get; init; }

    public string Reason { get; init; } = "";

    public string Message { get; init; } = "";

    public StatusDetails? Details { get; init; }

    /// <summary>Where a list can go on all the same that cannot as it was begun; goes into the metadata.</summary>
    public string Continue { get; init; } = "";

    /// <summary>Whether this is the answer of something done, such as a delete.</summary>
    public bool IsSuccess => Code < 400;

    /// <summary>The answer of a delete that left nothing to show. It carries no code, as other servers' does not.</summary>
    public static ApiStatus Deleted(ResourceType type, string name, string uid) =>
        new() { Code = 200, Details = new StatusDetails { Name = name, Group = type.Group, Kind = type.Plural, Uid = uid } };

    public static ApiStatus NotFound(ResourceType type, string name) => NotFound(type.Group, type.Plural, name);

    public static ApiStatus NotFound(string group, string plural, string name) =>
        Named(404, "NotFound", group, plural, name, $"{Qualified(group, plural)} \"{name}\" not found");

    /// <summary>No such resource, group or subresource.</summary>
    public static ApiStatus NoSuchResource { get; } =
        new() { Code = 404, Reason = "NotFound", Message = "the server could not find the requested resource", Details = new StatusDetails() };

    public static ApiStatus AlreadyExists(ResourceType type, string name) =>
        Named(409, "AlreadyExists", type.Group, type.Plural, name, $"{type.QualifiedPlural} \"{name}\" already exists");

    /// <summary>The name of an object with a generateName is taken, also one that was given with it.</summary>
    public static ApiStatus GeneratedNameTaken(ResourceType type, string name) => new()
    {
        Code = 409,
        Reason = "AlreadyExists",
        Message = $"{type.QualifiedPlural} \"{name}\" already exists, the server was not able to generate a unique name for the object",
        Details = new StatusDetails { Name = name, Group = type.Group, Kind = type.Plural, RetryAfterSeconds = 1 },
    };

    public static ApiStatus Conflict(ResourceType type, string name, string why) =>
        Named(409, "Conflict", type.Group, type.Plural, name, $"Operation cannot be fulfilled on {type.QualifiedPlural} \"{name}\": {why}");

    public static ApiStatus Conflict(string group, string plural, string name, string why) =>
        Named(409, "Conflict", group, plural, name, $"Operation cannot be fulfilled on {Qualified(group, plural)} \"{name}\": {why}");

    /// <summary>A conflict that names the kind, as failed preconditions do.</summary>
    public static ApiStatus KindConflict(ResourceType type, string name, string why) =>
        Named(409, "Conflict", type.Group, type.Kind, name, $"Operation cannot be fulfilled on {Qualified(type.Group, type.Kind)} \"{name}\": {why}");

    /// <summary>The write was based on an older revision.</summary>
    public static ApiStatus Modified(ResourceType type, string name) =>
        Conflict(type, name, "the object has been modified; please apply your changes to the latest version and try again");

    /// <summary>A server-side apply would take fields from other managers.</summary>
    public static ApiStatus ApplyConflict(string message, IReadOnlyList<StatusCause> causes) =>
        new() { Code = 409, Reason = "Conflict", Message = message, Details = new StatusDetails { Causes = causes } };

    public static ApiStatus Forbidden(ResourceType type, string name, string why) => Forbidden(type.Group, type.Plural, name, why);

    public static ApiStatus Forbidden(string group, string plural, string name, string why)
    {
        var message = plural.Length == 0 ? "forbidden: " + why
            : name.Length == 0 ? $"{Qualified(group, plural)} is forbidden: {why}"
            : $"{Qualified(group, plural)} \"{name}\" is forbidden: {why}";
        return Named(403, "Forbidden", group, plural, name, message);
    }

    /// <summary>The object breaks rules; each broken rule is a cause.</summary>
    /// <param name="group">The kind's group.</param>
    /// <param name="kind">The kind.</param>
    /// <param name="name">The object's name, may be empty.</param>
    /// <param name="errors">At least one.</param>
    public static ApiStatus Invalid(string group, string kind, string name, IReadOnlyList<FieldError> errors)
    {
        // The causes keep repetitions.
        return new ApiStatus
        {
            Code = 422,
            Reason = "Invalid",
            Message = $"{Qualified(group, kind)} \"{name}\" is invalid: {Aggregate(errors)}",
            Details = new StatusDetails
            {
                Name = name,
                Group = group,
                Kind = kind,
                Causes = [.. errors.Select(e => new StatusCause(e.Reason, e.Body, e.Path))],
            },
        };
    }

    /// <summary>Go's aggregate error: each distinct message once, in brackets when there are several.</summary>
    public static string Aggregate(IReadOnlyList<FieldError> errors)
    {
        var messages = errors.Select(e => e.ToString()).Distinct(StringComparer.Ordinal).ToList();
        return messages.Count == 1 ? messages[0] : "[" + string.Join(", ", messages) + "]";
    }

    public static ApiStatus Invalid(ResourceType type, string name, IReadOnlyList<FieldError> errors) => Invalid(type.Group, type.Kind, name, errors);

    /// <summary>An update that does not say which revision it is made from, of a kind that wants that. It names the resource where others name the kind.</summary>
    public static ApiStatus Unconditional(ResourceType type, string name) => Invalid(
        type.Group, type.Plural, name, [new FieldError(FieldErrorType.Invalid, "metadata.resourceVersion", "0x0", "must be specified for an update")]);

    /// <summary>A patch that does not fit its object; the API does not say why.</summary>
    public static ApiStatus UnprocessablePatch { get; } = new()
    {
        Code = 422,
        Reason = "Invalid",
        Message = "the server rejected our request due to an error in our request",
        Details = new StatusDetails(),
    };

    public static ApiStatus BadRequest(string message) => new() { Code = 400, Reason = "BadRequest", Message = message };

    /// <summary>The body is of another version than its path.</summary>
    public static ApiStatus OtherVersion(string given, string expected) =>
        BadRequest($"the API version in the data ({given}) does not match the expected API version ({expected})");

    public static ApiStatus Unauthorized { get; } = new() { Code = 401, Reason = "Unauthorized", Message = "Unauthorized" };

    public static ApiStatus MethodNotAllowed { get; } = new()
    {
        Code = 405,
        Reason = "MethodNotAllowed",
        Message = "the server does not allow this method on the requested resource",
        Details = new StatusDetails(),
    };

    public static ApiStatus MethodNotSupported(ResourceType type, string verb) =>
        Named(405, "MethodNotAllowed", type.Group, type.Plural, "", $"{verb} is not supported on resources of kind \"{type.QualifiedPlural}\"");

    /// <summary>Of custom resources whose definition is on its way out.</summary>
    public static ApiStatus NotWhileTerminating(ResourceType type, string verb) =>
        Named(405, "MethodNotAllowed", type.Group, type.Plural, "", $"{verb} not allowed while custom resource definition is terminating");

    public static ApiStatus NotAcceptable(IEnumerable<string> accepted) => NotAcceptable("only the following media types are accepted: " + string.Join(", ", accepted));

    public static ApiStatus NotAcceptable(string message) => new() { Code = 406, Reason = "NotAcceptable", Message = message };

    public static ApiStatus UnsupportedMediaType(IEnumerable<string> accepted) => new()
    {
        Code = 415,
        Reason = "UnsupportedMediaType",
        Message = "the body of the request was in an unknown format - accepted media types include: " + string.Join(", ", accepted),
    };

    /// <summary>No handler of the path reads bodies of that type.</summary>
    public static ApiStatus UnroutedMediaType { get; } =
        new() { Code = 415, Reason = "UnsupportedMediaType", Message = "415: Unsupported Media Type", Details = new StatusDetails() };

    /// <summary>No handler of the path answers in any type that the client takes.</summary>
    public static ApiStatus UnroutedAccept(IEnumerable<string> available) => new()
    {
        Code = 406,
        Reason = "NotAcceptable",
        Message = "406: Not Acceptable\n\nAvailable representations: " + string.Join(", ", available),
        Details = new StatusDetails(),
    };

    /// <summary>The asked-for history is gone.</summary>
    public static ApiStatus Expired(string message) => new() { Code = 410, Reason = "Expired", Message = message };

    /// <summary>A watch from a revision that is no longer kept.</summary>
    public static ApiStatus TooOldResourceVersion(long asked, long oldest) =>
        Expired(string.Create(CultureInfo.InvariantCulture, $"too old resource version: {asked} ({oldest})"));

    /// <summary>A read of a revision that has not happened yet.</summary>
    public static ApiStatus TooLargeResourceVersion(long asked, long current) => new()
    {
        Code = 504,
        Reason = "Timeout",
        Message = string.Create(CultureInfo.InvariantCulture, $"Timeout: Too large resource version: {asked}, current: {current}"),
        Details = new StatusDetails
        {
            Causes = [new StatusCause("ResourceVersionTooLarge", "Too large resource version", "")],
            RetryAfterSeconds = 1,
        },
    };

    public static ApiStatus TooManyRequests(string message, int retryAfterSeconds, params IReadOnlyList<StatusCause> causes) => new()
    {
        Code = 429,
        Reason = "TooManyRequests",
        Message = message,
        Details = new StatusDetails { RetryAfterSeconds = retryAfterSeconds, Causes = causes },
    };

    public static ApiStatus RequestEntityTooLarge(string message) => new() { Code = 413, Reason = "RequestEntityTooLarge", Message = "Request entity too large: " + message };

    public static ApiStatus Timeout(string message) => new() { Code = 504, Reason = "Timeout", Message = message, Details = new StatusDetails() };

    public static ApiStatus ServiceUnavailable(string message) => new() { Code = 503, Reason = "ServiceUnavailable", Message = message };

    public static ApiStatus Internal(string message) => new()
    {
        Code = 500,
        Reason = "InternalError",
        Message = "Internal error occurred: " + message,
        Details = new StatusDetails { Causes = [new StatusCause("", message, "")] },
    };

    /// <summary>The object as JSON, fields in the order of the API.</summary>
    public byte[] ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, Relaxed))
        {
            Write(writer);
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Writes the object where a value is expected, such as in a watch event.</summary>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("kind"u8, "Status"u8);
        writer.WriteString("apiVersion"u8, "v1"u8);
        writer.WriteStartObject("metadata"u8);
        WriteUnlessEmpty(writer, "continue"u8, Continue);
        writer.WriteEndObject();
        writer.WriteString("status"u8, IsSuccess ? "Success"u8 : "Failure"u8);
        WriteUnlessEmpty(writer, "message"u8, Message);
        WriteUnlessEmpty(writer, "reason"u8, Reason);
        if (Details is not null)
        {
            WriteDetails(writer, Details);
        }

        if (!IsSuccess || Details is null)
        {
            writer.WriteNumber("code"u8, Code);
        }

        writer.WriteEndObject();
    }

    private static void WriteDetails(Utf8JsonWriter writer, StatusDetails details)
    {
        writer.WriteStartObject("details"u8);
        WriteUnlessEmpty(writer, "name"u8, details.Name);
        WriteUnlessEmpty(writer, "group"u8, details.Group);
        WriteUnlessEmpty(writer, "kind"u8, details.Kind);
        WriteUnlessEmpty(writer, "uid"u8, details.Uid);
        if (details.Causes.Count > 0)
        {
            writer.WriteStartArray("causes"u8);
            foreach (var cause in details.Causes)
            {
                writer.WriteStartObject();
                WriteUnlessEmpty(writer, "reason"u8, cause.Reason);
                WriteUnlessEmpty(writer, "message"u8, cause.Message);
                WriteUnlessEmpty(writer, "field"u8, cause.Field);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        if (details.RetryAfterSeconds != 0)
        {
            writer.WriteNumber("retryAfterSeconds"u8, details.RetryAfterSeconds);
        }

        writer.WriteEndObject();
    }

    private static void WriteUnlessEmpty(Utf8JsonWriter writer, ReadOnlySpan<byte> name, string value)
    {
        if (value.Length > 0)
        {
            writer.WriteString(name, value);
        }
    }

    private static ApiStatus Named(int code, string reason, string group, string kind, string name, string message) => new()
    {
        Code = code,
        Reason = reason,
        Message = message,
        Details = new StatusDetails { Name = name, Group = group, Kind = kind },
    };

    private static string Qualified(string group, string resource) => group.Length == 0 ? resource : resource + "." + group;
}
