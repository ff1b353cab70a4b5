using Gantry.Server.Writing;

namespace Gantry.Server.Audit;

/// <summary>Ids of requests that nobody audits: every answer carries one, so they have to cost next to nothing. They tell requests apart, and nothing has to be unguessable about them.</summary>
internal sealed class RequestIds
{
    private const int CountDigits = 12;

    private readonly string _prefix;
    private long _count;

    /// <param name="ids">Makes this server's part of every id.</param>
    public RequestIds(IIds ids)
    {
        _prefix = ids.NewId().ToString("D")[..^CountDigits];
    }

    /// <summary>An id in the form of a UUID: the server's part, and how many there were before.</summary>
    public string Next() => string.Create(_prefix.Length + CountDigits, (_prefix, Interlocked.Increment(ref _count)), static (text, id) =>
    {
        id._prefix.CopyTo(text);
        id.Item2.TryFormat(text[id._prefix.Length..], out _, "x12", System.Globalization.CultureInfo.InvariantCulture);
    });
}
