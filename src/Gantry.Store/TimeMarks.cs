namespace Gantry.Store;

/// <summary>Remembers, about once a second, how far the revisions were, so that an age can be turned into a revision.</summary>
internal sealed class TimeMarks
{
    private static readonly TimeSpan Spacing = TimeSpan.FromSeconds(1);
    private readonly Queue<(DateTimeOffset At, Revision Revision)> _marks = new();
    private (DateTimeOffset At, Revision Revision) _last = (DateTimeOffset.MinValue, Revision.None);
    private DateTimeOffset _lastMark = DateTimeOffset.MinValue;

    /// <summary>When the oldest change was written that is not yet taken; null: there is none.</summary>
    public DateTimeOffset? Oldest => _marks.TryPeek(out var mark) ? mark.At : _last.Revision > Revision.None ? _last.At : null;

    /// <summary>At <paramref name="at"/> the store had reached <paramref name="revision"/>. A clock that went back counts as standing still.</summary>
    public void Note(DateTimeOffset at, Revision revision)
    {
        at = at < _last.At ? _last.At : at;
        if (_last.Revision > Revision.None && at - _lastMark >= Spacing)
        {
            _marks.Enqueue(_last);
            _lastMark = at;
        }
        _last = (at, revision);
    }

    /// <summary>The newest known revision that was reached at or before <paramref name="moment"/>; forgets the older marks.</summary>
    public Revision Take(DateTimeOffset moment)
    {
        var found = Revision.None;
        while (_marks.TryPeek(out var mark) && mark.At <= moment)
        {
            found = mark.Revision;
            _marks.Dequeue();
        }
        if (_marks.Count == 0 && _last.Revision > Revision.None && _last.At <= moment)
        {
            found = _last.Revision;
            _last = (_last.At, Revision.None);
        }
        return found;
    }
}
