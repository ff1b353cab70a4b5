using System.Diagnostics.CodeAnalysis;

namespace Gantry.Client;

/// <summary>Either what the API answered, or its refusal. The default value is a success without an object.</summary>
public readonly struct ApiResult<T>
    where T : class
{
    private ApiResult(T? value, ApiError? error)
    {
        Value = value;
        Error = error;
    }

    /// <summary>The answer. Null after an error, and where the API answered a success without an object (see the operation).</summary>
    public T? Value { get; }

    public ApiError? Error { get; }

    [MemberNotNullWhen(false, nameof(Error))]
    public bool Ok => Error is null;

    /// <summary>The answer, for callers to whom a refusal is a fault of their own. Throws <see cref="ApiException"/> on an error.</summary>
    public T Require() => Error is null
        ? Value ?? throw new InvalidOperationException("the API answered without an object")
        : throw new ApiException(Error);

    public static implicit operator ApiResult<T>(T value) => new(value, null);

    public static implicit operator ApiResult<T>(ApiError error) => new(null, error);
}
