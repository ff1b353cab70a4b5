using Gantry.Api.Models;

namespace Gantry.Control;

/// <summary>What to do with an event: nothing, write a new one, or count up one that is there.</summary>
public abstract record EventAction
{
    private EventAction()
    {
    }

    /// <summary>Too many about this object.</summary>
    public sealed record Drop : EventAction;

    public sealed record Write(CoreV1Event Event) : EventAction;

    public sealed record Count(string Namespace, string Name, int Times, string Message, DateTimeOffset At) : EventAction;
}

/// <summary>Counts repeated events, combines similar ones and drops floods. Not for several threads.</summary>
public sealed class EventCorrelator
{
    private readonly EventOptions _options;
    private readonly Dictionary<Subject, Bucket> _buckets = [];
    private readonly Dictionary<Subject, Group> _groups = [];
    private readonly Dictionary<Subject, Known> _known = [];

    public EventCorrelator(EventOptions options)
    {
        _options = options;
    }

    public EventAction Take(V1ObjectReference regarding, string type, string reason, string message, DateTimeOffset now)
    {
        var about = new Subject(regarding.Kind, regarding.Namespace, regarding.Name, regarding.Uid, regarding.FieldPath, "", "", "");
        var group = about with { Type = type, Reason = reason };
        var text = Combined(group, message, now) ? "(combined from similar events): " + message : message;
        var same = group with { Message = text == message ? message : "" };
        if (!Allowed(about, now))
        {
            return new EventAction.Drop();
        }

        if (_known.TryGetValue(same, out var known))
        {
            known.Times++;
            return new EventAction.Count(known.Namespace, known.Name, known.Times, text, now);
        }

        var written = Make(regarding, type, reason, text, now);
        Remember(_known, same, new Known(written.Metadata.Namespace, written.Metadata.Name));
        return new EventAction.Write(written);
    }

    /// <summary>Forgets an event that is no longer there, so that the next one like it is written anew.</summary>
    public void Forget(string ns, string name)
    {
        foreach (var (key, known) in _known)
        {
            if (known.Namespace == ns && known.Name == name)
            {
                _known.Remove(key);
                return;
            }
        }
    }

    private bool Combined(Subject group, string message, DateTimeOffset now)
    {
        if (!_groups.TryGetValue(group, out var seen) || now - seen.Last > _options.SimilarWithin)
        {
            seen = new Group();
            Remember(_groups, group, seen);
        }

        seen.Last = now;
        if (seen.Messages.Count < _options.Similar)
        {
            seen.Messages.Add(message);
            return false;
        }

        return !seen.Messages.Contains(message);
    }

    private bool Allowed(Subject about, DateTimeOffset now)
    {
        if (!_buckets.TryGetValue(about, out var bucket))
        {
            bucket = new Bucket(_options.Burst, now);
            Remember(_buckets, about, bucket);
        }

        bucket.Tokens = Math.Min(_options.Burst, bucket.Tokens + ((now - bucket.At) / _options.Refill));
        bucket.At = now;
        if (bucket.Tokens < 1)
        {
            return false;
        }

        bucket.Tokens--;
        return true;
    }

    private CoreV1Event Make(V1ObjectReference regarding, string type, string reason, string message, DateTimeOffset now)
    {
        var ns = regarding.Namespace.Length > 0 ? regarding.Namespace : "default";
        var nanoseconds = (now - DateTimeOffset.UnixEpoch).Ticks * 100;
        return new CoreV1Event
        {
            Metadata = new V1ObjectMeta { Namespace = ns, Name = $"{regarding.Name}.{nanoseconds + _known.Count:x}" },
            InvolvedObject = regarding,
            Type = type,
            Reason = reason,
            Message = message,
            FirstTimestamp = now,
            LastTimestamp = now,
            Count = 1,
            Source = new V1EventSource { Component = _options.Component, Host = _options.Host },
            ReportingComponent = _options.Component,
            ReportingInstance = _options.Host,
        };
    }

    private void Remember<T>(Dictionary<Subject, T> memory, Subject key, T value)
    {
        // Forgetting everything now and then is crude but bounded, and costs at worst an event written twice.
        if (memory.Count >= _options.Remembered)
        {
            memory.Clear();
        }

        memory[key] = value;
    }

    private readonly record struct Subject(string Kind, string Namespace, string Name, string Uid, string FieldPath, string Type, string Reason, string Message);

    private sealed class Bucket(double tokens, DateTimeOffset at)
    {
        public double Tokens { get; set; } = tokens;

        public DateTimeOffset At { get; set; } = at;
    }

    private sealed class Group
    {
        public HashSet<string> Messages { get; } = new(StringComparer.Ordinal);

        public DateTimeOffset Last { get; set; }
    }

    private sealed class Known(string ns, string name)
    {
        public string Namespace { get; } = ns;

        public string Name { get; } = name;

        public int Times { get; set; } = 1;
    }
}
