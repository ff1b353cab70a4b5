namespace Gantry.Client;

/// <summary>The API refused what the caller counted on.</summary>
public sealed class ApiException : Exception
{
    public ApiException(ApiError error) : base(error.Message)
    {
        Error = error;
    }

    public ApiException(ApiError error, Exception inner) : base(error.Message, inner)
    {
        Error = error;
    }

    public ApiError Error { get; }
}
