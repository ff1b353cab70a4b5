namespace Gantry.Api.Trees;

/// <summary>A text is not the JSON or YAML it should be; the message has the words of the Go libraries.</summary>
public sealed class TreeException : Exception
{
    public TreeException()
    {
    }

    public TreeException(string message)
        : base(message)
    {
    }

    public TreeException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
