using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Gantry.Server.Outbound;

/// <summary>Answers of other servers, each for a while. Only hashes of the questions are kept: they may hold secrets.</summary>
internal sealed class AnswerCache<T>
{
    // Bounded, and forgotten as a whole: what is still asked for comes back by one more question.
    private const int Capacity = 8192;

    private readonly TimeProvider _clock;
    private readonly ConcurrentDictionary<string, (T Answer, DateTimeOffset Until)> _answers = new(StringComparer.Ordinal);

    public AnswerCache(TimeProvider clock)
    {
        _clock = clock;
    }

    /// <summary>The key of a question.</summary>
    public static string KeyOf(ReadOnlySpan<byte> question) => Convert.ToHexString(SHA256.HashData(question));

    /// <inheritdoc cref="KeyOf(ReadOnlySpan{byte})"/>
    public static string KeyOf(string question) => KeyOf(Encoding.UTF8.GetBytes(question));

    public bool TryGet(string key, [MaybeNullWhen(false)] out T answer)
    {
        if (_answers.TryGetValue(key, out var kept) && kept.Until > _clock.GetUtcNow())
        {
            answer = kept.Answer;
            return true;
        }

        answer = default;
        return false;
    }

    /// <summary>Keeps an answer that long; not at all for a time of zero.</summary>
    public void Keep(string key, T answer, TimeSpan time)
    {
        if (time <= TimeSpan.Zero)
        {
            return;
        }

        if (_answers.Count >= Capacity)
        {
            _answers.Clear();
        }

        _answers[key] = (answer, _clock.GetUtcNow() + time);
    }
}
