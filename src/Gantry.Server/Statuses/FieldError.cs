using System.Globalization;

namespace Gantry.Server.Statuses;

/// <summary>Why a field is refused; each has its words and its machine-readable reason (API conventions, <c>StatusCause.reason</c>).</summary>
public enum FieldErrorType
{
    Invalid,
    Required,
    NotSupported,
    Duplicate,
    Forbidden,
    TooLong,
    TooMany,
    NotFound,
    TypeInvalid,
    Internal,
}

/// <summary>One refused field: what is wrong, where, with which value, and why.</summary>
/// <param name="Type">The kind of error.</param>
/// <param name="Path">Such as <c>spec.containers[0].image</c>.</param>
/// <param name="Value">The refused value as the message prints it (texts quoted), or null where the message has none.</param>
/// <param name="Detail">The rule in words.</param>
public sealed record FieldError(FieldErrorType Type, string Path, string? Value, string Detail)
{
    public static FieldError Invalid(string path, object? value, string detail) => new(FieldErrorType.Invalid, path, Show(value), detail);

    public static FieldError TypeInvalid(string path, object? value, string detail) => new(FieldErrorType.TypeInvalid, path, Show(value), detail);

    public static FieldError Required(string path, string detail) => new(FieldErrorType.Required, path, null, detail);

    public static FieldError Forbidden(string path, string detail) => new(FieldErrorType.Forbidden, path, null, detail);

    public static FieldError Duplicate(string path, object? value) => new(FieldErrorType.Duplicate, path, Show(value), "");

    public static FieldError NotFound(string path, object? value) => new(FieldErrorType.NotFound, path, Show(value), "");

    public static FieldError Internal(string path, string detail) => new(FieldErrorType.Internal, path, null, detail);

    public static FieldError TooLong(string path, int maximum) =>
        new(FieldErrorType.TooLong, path, null, string.Create(CultureInfo.InvariantCulture, $"may not be more than {maximum} bytes"));

    public static FieldError TooMany(string path, int actual, int maximum) =>
        new(FieldErrorType.TooMany, path, Show(actual), string.Create(CultureInfo.InvariantCulture, $"must have at most {maximum} items"));

    /// <param name="path">The field.</param>
    /// <param name="value">The refused value.</param>
    /// <param name="supported">The accepted values in the order in which they are to be listed.</param>
    public static FieldError NotSupported(string path, object? value, IEnumerable<string> supported)
    {
        var list = string.Join(", ", supported.Select(Quote));
        return new FieldError(FieldErrorType.NotSupported, path, Show(value), list.Length == 0 ? "" : "supported values: " + list);
    }

    /// <summary>The cause's reason, such as <c>FieldValueInvalid</c>.</summary>
    public string Reason => Type switch
    {
        FieldErrorType.Invalid => "FieldValueInvalid",
        FieldErrorType.Required => "FieldValueRequired",
        FieldErrorType.NotSupported => "FieldValueNotSupported",
        FieldErrorType.Duplicate => "FieldValueDuplicate",
        FieldErrorType.Forbidden => "FieldValueForbidden",
        FieldErrorType.TooLong => "FieldValueTooLong",
        FieldErrorType.TooMany => "FieldValueTooMany",
        FieldErrorType.NotFound => "FieldValueNotFound",
        FieldErrorType.TypeInvalid => "FieldValueTypeInvalid",
        _ => "InternalError",
    };

    /// <summary>The message without the path.</summary>
    public string Body
    {
        get
        {
            var words = Words;
            if (Value is not null && Type is not (FieldErrorType.Required or FieldErrorType.Forbidden or FieldErrorType.TooLong or FieldErrorType.Internal))
            {
                words = words + ": " + Value;
            }

            return Detail.Length == 0 ? words : words + ": " + Detail;
        }
    }

    public override string ToString() => Path + ": " + Body;

    private string Words => Type switch
    {
        FieldErrorType.Required => "Required value",
        FieldErrorType.NotSupported => "Unsupported value",
        FieldErrorType.Duplicate => "Duplicate value",
        FieldErrorType.Forbidden => "Forbidden",
        FieldErrorType.TooLong => "Too long",
        FieldErrorType.TooMany => "Too many",
        FieldErrorType.NotFound => "Not found",
        FieldErrorType.Internal => "Internal error",
        _ => "Invalid value",
    };

    private static string Show(object? value) => value switch
    {
        // What is not there is the word "null", quoted like every text.
        null => "\"null\"",
        string text => Quote(text),
        bool flag => flag ? "true" : "false",
        DateTimeOffset time => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss '+0000 UTC'", CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "null",
    };

    private static string Quote(string text) => Gantry.Api.Trees.GoSyntax.Quoted(text);
}
