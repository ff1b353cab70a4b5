namespace Gantry.Server.Registry;

/// <summary>What a watcher insists on: nothing else concerns it than objects whose field has this value.</summary>
/// <param name="Field">The name of the field, such as <c>spec.nodeName</c>.</param>
/// <param name="Read">Reads the field.</param>
/// <param name="Value">The value.</param>
public sealed record ChangePin(string Field, Func<StoredObject, string> Read, string Value);

/// <summary>
/// The watchers of one resource. Those that are pinned to a value of a field (each node's agent asks for the pods of its node) are woken only by
/// changes of objects that have or had it, so that a change costs the same for one node as for a thousand.
/// </summary>
internal sealed class ChangeSignals
{
    // The pinned are woken for nothing this often, so that their place in the chain of changes neither grows too old nor holds the past in memory.
    private const int Rounds = 512;

    private readonly Lock _lock = new();
    private readonly HashSet<ChangeSignal> _every = [];
    private readonly Dictionary<string, PinnedSignals> _pinned = new(StringComparer.Ordinal);
    private int _changes;

    public void Add(ChangeSignal signal, ChangePin? pin)
    {
        lock (_lock)
        {
            if (pin is null)
            {
                _every.Add(signal);
                return;
            }

            if (!_pinned.TryGetValue(pin.Field, out var field))
            {
                _pinned[pin.Field] = field = new PinnedSignals(pin.Read);
            }

            field.Add(pin.Value, signal);
        }
    }

    public void Remove(ChangeSignal signal, ChangePin? pin)
    {
        lock (_lock)
        {
            if (pin is null)
            {
                _every.Remove(signal);
            }
            else if (_pinned.TryGetValue(pin.Field, out var field) && field.Remove(pin.Value, signal))
            {
                _pinned.Remove(pin.Field);
            }
        }
    }

    /// <summary>Wakes those whom the changes may concern. They can be seen already.</summary>
    public void Tell(IReadOnlyList<ObjectChange> changes)
    {
        lock (_lock)
        {
            foreach (var signal in _every)
            {
                signal.Set();
            }

            if (_pinned.Count == 0)
            {
                return;
            }

            _changes += changes.Count;
            var all = _changes >= Rounds;
            _changes = all ? 0 : _changes;
            foreach (var field in _pinned.Values)
            {
                if (all)
                {
                    field.TellAll();
                }
                else
                {
                    field.Tell(changes);
                }
            }
        }
    }

    private sealed class PinnedSignals(Func<StoredObject, string> read)
    {
        private readonly Dictionary<string, HashSet<ChangeSignal>> _byValue = new(StringComparer.Ordinal);

        public void Add(string value, ChangeSignal signal)
        {
            if (!_byValue.TryGetValue(value, out var signals))
            {
                _byValue[value] = signals = [];
            }

            signals.Add(signal);
        }

        /// <returns>Whether nobody is left.</returns>
        public bool Remove(string value, ChangeSignal signal)
        {
            if (_byValue.TryGetValue(value, out var signals) && signals.Remove(signal) && signals.Count == 0)
            {
                _byValue.Remove(value);
            }

            return _byValue.Count == 0;
        }

        public void TellAll()
        {
            foreach (var signals in _byValue.Values)
            {
                Set(signals);
            }
        }

        public void Tell(IReadOnlyList<ObjectChange> changes)
        {
            foreach (var change in changes)
            {
                var now = read(change.Object);
                Tell(now);
                if (change.Previous is { } previous && read(previous) is var was && !string.Equals(was, now, StringComparison.Ordinal))
                {
                    Tell(was);
                }
            }
        }

        private void Tell(string value)
        {
            if (_byValue.TryGetValue(value, out var signals))
            {
                Set(signals);
            }
        }

        private static void Set(HashSet<ChangeSignal> signals)
        {
            foreach (var signal in signals)
            {
                signal.Set();
            }
        }
    }
}
