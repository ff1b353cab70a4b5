namespace Gantry.Server.Flows;

/// <summary>
/// How long a level's refused clients are to wait: twice as long while many are refused, a second less while few are. Times are whole seconds.
/// </summary>
public sealed class DroppedRequests
{
    private const long Longest = 32;

    private readonly Lock _lock = new();
    private readonly Queue<(long Second, int Count)> _history = new();
    private (long Second, int Count) _current;
    private long _doubled;
    private long _retryAfter = 1;

    /// <summary>Counts one refusal.</summary>
    /// <param name="second">Now.</param>
    /// <returns>The seconds of <c>Retry-After</c>.</returns>
    public long Record(long second)
    {
        lock (_lock)
        {
            if (_current.Second == second)
            {
                _current.Count++;
                return _retryAfter;
            }

            _history.Enqueue(_current);
            while (_history.Peek().Second < second - Longest && _history.Count > 1)
            {
                _history.Dequeue();
            }

            _current = (second, 1);
            var dropped = _history.Where(h => second - h.Second <= _retryAfter).Sum(h => h.Count);
            if (second - _doubled >= _retryAfter && dropped >= 3 * _retryAfter)
            {
                _retryAfter = Math.Min(_retryAfter * 2, Longest);
                _doubled = second;
            }
            else if (dropped < _retryAfter && _retryAfter > 1)
            {
                _retryAfter--;
            }

            return _retryAfter;
        }
    }
}
