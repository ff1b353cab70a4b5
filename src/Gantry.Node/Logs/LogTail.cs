using Microsoft.Win32.SafeHandles;

namespace Gantry.Node.Logs;

/// <summary>Finds where the last lines of a log begin, reading from its end only as far as needed.</summary>
public static class LogTail
{
    private const int BlockSize = 64 * 1024;

    // Enough for the time, the stream and the tag at a line's start.
    private const int HeadSize = 64;

    /// <summary>The offset at which the last <paramref name="lines"/> lines begin. Parts of one line count as one; so does an unfinished line at the end.</summary>
    /// <param name="file">Opened for reading.</param>
    /// <param name="length">Where the log ends for this purpose.</param>
    /// <param name="lines">Zero or more.</param>
    public static long Find(SafeFileHandle file, long length, long lines)
    {
        if (lines == 0)
        {
            return length;
        }

        var counted = 0L;
        // Where the line that is being looked at ends (after its line feed), and whether anything follows the last whole line.
        var end = length;
        var buffer = new byte[BlockSize + HeadSize];
        for (var blockEnd = length; blockEnd > 0;)
        {
            var blockStart = Math.Max(0, blockEnd - BlockSize);
            var block = ReadBlock(file, buffer, blockStart, (int)Math.Min(blockEnd - blockStart + HeadSize, length - blockStart));
            var own = (int)(blockEnd - blockStart);
            while (own > 0)
            {
                // A line starts after a line feed at least one byte before its own.
                var searched = (int)Math.Min(own, Math.Max(0, end - 1 - blockStart));
                var feed = block[..searched].LastIndexOf((byte)'\n');
                if (feed < 0 && blockStart > 0)
                {
                    break;
                }

                var start = blockStart + feed + 1;
                if (EndsLine(block[(feed + 1)..], start, end, length, ref counted) && counted > lines)
                {
                    return end;
                }

                if (feed < 0)
                {
                    return 0;
                }

                end = start;
                own = feed + 1;
            }

            blockEnd = blockStart;
        }

        return 0;
    }

    private static ReadOnlySpan<byte> ReadBlock(SafeFileHandle file, byte[] buffer, long offset, int length)
    {
        var got = 0;
        while (got < length && RandomAccess.Read(file, buffer.AsSpan(got, length - got), offset + got) is var read && read > 0)
        {
            got += read;
        }

        return buffer.AsSpan(0, got);
    }

    /// <summary>Counts a physical line seen from the end. True when it ends a line of the program.</summary>
    private static bool EndsLine(ReadOnlySpan<byte> fromStart, long start, long end, long length, ref long counted)
    {
        var partial = IsPartial(fromStart[..(int)Math.Min(fromStart.Length, end - start)]);
        if (partial && end < length)
        {
            return false;
        }

        // The last line counts even when more parts of it are to come.
        counted++;
        return !partial;
    }

    private static bool IsPartial(ReadOnlySpan<byte> line)
    {
        var first = line.IndexOf((byte)' ');
        var rest = first < 0 ? default : line[(first + 1)..];
        var second = rest.IndexOf((byte)' ');
        return second >= 0 && rest[(second + 1)..].StartsWith("P"u8);
    }
}
