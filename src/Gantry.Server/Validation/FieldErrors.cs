using Gantry.Server.Statuses;

namespace Gantry.Server.Validation;

/// <summary>Collects what is wrong with an object.</summary>
public sealed class FieldErrors
{
    private List<FieldError>? _errors;

    public IReadOnlyList<FieldError> List => _errors ?? (IReadOnlyList<FieldError>)[];

    public bool Any => _errors is { Count: > 0 };

    public int Count => _errors?.Count ?? 0;

    /// <summary>Forgets what was found: for what is refused for one reason alone.</summary>
    public void Clear() => _errors?.Clear();

    public void Add(FieldError error) => (_errors ??= []).Add(error);

    /// <summary>What was found, as often as Kubernetes says it: several of its kinds check the same twice on an update.</summary>
    public void AddTimes(FieldErrors found, int times)
    {
        for (var i = 0; i < times && found.Any; i++)
        {
            (_errors ??= []).AddRange(found.List);
        }
    }

    public void Invalid(FieldPath at, object? value, string detail) => Add(FieldError.Invalid(at.ToString(), value, detail));

    /// <summary>One error for each message.</summary>
    public void Invalid(FieldPath at, object? value, IEnumerable<string> details)
    {
        foreach (var detail in details)
        {
            Invalid(at, value, detail);
        }
    }

    /// <summary>A refused value that the message does not show.</summary>
    public void WithoutValue(FieldPath at, string detail) => Add(new FieldError(FieldErrorType.Invalid, at.ToString(), null, detail));

    /// <summary>A name such as <c>example.com/name</c>.</summary>
    public void DomainPrefixedPath(FieldPath at, string value)
    {
        if (value.Length == 0)
        {
            Required(at);
            return;
        }

        var slash = value.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0 || slash == value.Length - 1)
        {
            Invalid(at, value, "must be a domain-prefixed path (such as \"acme.io/foo\")");
            return;
        }

        Invalid(at, value[..slash], Rules.DnsSubdomain(value[..slash]));
        if (!value[(slash + 1)..].All(c => char.IsAsciiLetterOrDigit(c) || "/-._~%!$&'()*+,;=:".Contains(c, StringComparison.Ordinal)))
        {
            Invalid(at, value[(slash + 1)..], "Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')");
        }
    }

    /// <summary>A refused value that is no scalar: the message prints <paramref name="dump"/> as it is.</summary>
    public void InvalidDump(FieldPath at, string dump, string detail) => Add(new FieldError(FieldErrorType.Invalid, at.ToString(), dump, detail));

    public void Required(FieldPath at, string detail = "") => Add(FieldError.Required(at.ToString(), detail));

    public void Forbidden(FieldPath at, string detail) => Add(FieldError.Forbidden(at.ToString(), detail));

    public void Duplicate(FieldPath at, object? value) => Add(FieldError.Duplicate(at.ToString(), value));

    public void DuplicateDump(FieldPath at, string dump) => Add(new FieldError(FieldErrorType.Duplicate, at.ToString(), dump, ""));

    /// <summary>A repeated value that is no scalar, and by what it is told apart.</summary>
    public void DuplicateDump(FieldPath at, string dump, string detail) => Add(new FieldError(FieldErrorType.Duplicate, at.ToString(), dump, detail));

    /// <summary>An unsupported value that is no scalar.</summary>
    public void NotSupportedDump(FieldPath at, string dump, params ReadOnlySpan<string> supported) =>
        Add(FieldError.NotSupported(at.ToString(), null, supported.ToArray()) with { Value = dump });

    public void NotFound(FieldPath at, object? value, string detail) => Add(FieldError.NotFound(at.ToString(), value) with { Detail = detail });

    public void NotFound(FieldPath at, object? value) => Add(FieldError.NotFound(at.ToString(), value));

    public void TooLong(FieldPath at, int maximum) => Add(FieldError.TooLong(at.ToString(), maximum));

    public void TooMany(FieldPath at, int actual, int maximum) => Add(FieldError.TooMany(at.ToString(), actual, maximum));

    /// <summary>An error unless the value is one of the supported ones, which the message lists in the order given.</summary>
    public void OneOf(FieldPath at, string value, params ReadOnlySpan<string> supported)
    {
        foreach (var s in supported)
        {
            if (s == value)
            {
                return;
            }
        }

        Add(FieldError.NotSupported(at.ToString(), value, supported.ToArray()));
    }

    /// <summary>As <see cref="OneOf"/>, with the empty text being a missing value.</summary>
    public void RequiredOneOf(FieldPath at, string value, params ReadOnlySpan<string> supported)
    {
        if (value.Length == 0)
        {
            Required(at);
            return;
        }

        OneOf(at, value, supported);
    }

    public void NotNegative(FieldPath at, long value)
    {
        if (value < 0)
        {
            Invalid(at, value, Rules.NotNegative);
        }
    }

    public void NotNegative(FieldPath at, long? value)
    {
        if (value is { } set)
        {
            NotNegative(at, set);
        }
    }

    /// <summary>An error where an update changes a field that may not change.</summary>
    /// <param name="at">The field.</param>
    /// <param name="same">Whether old and new are equal.</param>
    /// <param name="value">The new value as the message prints it.</param>
    public void Immutable(FieldPath at, bool same, object? value)
    {
        if (!same)
        {
            Add(value is string or null or bool or int or long
                ? FieldError.Invalid(at.ToString(), value, Rules.Immutable)
                : new FieldError(FieldErrorType.Invalid, at.ToString(), GoDump.Of(value), Rules.Immutable));
        }
    }
}
