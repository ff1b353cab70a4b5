namespace Gantry.Node.Logs;

/// <summary>
/// One physical line of a log in CRI's format: <c>2026-01-01T00:00:00.123456789Z stdout F text</c>. A line of the program that was too long, or not ended
/// when the runtime wrote it, is cut into parts: all but the last have the tag P.
/// </summary>
public readonly ref struct LogLine
{
    /// <summary>RFC 3339 with up to nine digits of fraction, as written.</summary>
    public ReadOnlySpan<byte> Time { get; private init; }

    public bool IsError { get; private init; }

    /// <summary>Whether the program's line goes on in a later physical line.</summary>
    public bool Partial { get; private init; }

    /// <summary>Without the line feed.</summary>
    public ReadOnlySpan<byte> Text { get; private init; }

    /// <param name="line">Without its line feed.</param>
    /// <param name="parsed">The parts; they lie within <paramref name="line"/>.</param>
    /// <returns>False for what is not in the format.</returns>
    public static bool TryParse(ReadOnlySpan<byte> line, out LogLine parsed)
    {
        parsed = default;
        if (!TryCut(line, out var time, out var rest) || !TryCut(rest, out var stream, out rest))
        {
            return false;
        }

        // An empty line may come without the space after its tag.
        var space = rest.IndexOf((byte)' ');
        var tags = space < 0 ? rest : rest[..space];
        var isError = stream.SequenceEqual("stderr"u8);
        if (tags.IsEmpty || (!isError && !stream.SequenceEqual("stdout"u8)) || !LogTime.TryParse(time, out _))
        {
            return false;
        }

        // Further tags may follow the first after a colon.
        var colon = tags.IndexOf((byte)':');
        var partial = (colon < 0 ? tags : tags[..colon]).SequenceEqual("P"u8);
        parsed = new LogLine { Time = time, IsError = isError, Partial = partial, Text = space < 0 ? default : rest[(space + 1)..] };
        return true;
    }

    private static bool TryCut(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> word, out ReadOnlySpan<byte> rest)
    {
        var space = text.IndexOf((byte)' ');
        word = space < 0 ? default : text[..space];
        rest = space < 0 ? default : text[(space + 1)..];
        return space > 0;
    }
}
