using System.Text;
using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>Events of both APIs. Those of events.k8s.io are strict; the older API lets pass what it always did.</summary>
internal static class EventRules
{
    private const int LongestName = 128;
    private const int LongestNote = 1024;

    public static void Core(FieldErrors errors, CoreV1Event e)
    {
        var (space, about) = (e.Metadata.Namespace, e.InvolvedObject.Namespace);
        if (e.EventTime is null)
        {
            if (about.Length == 0 ? space is not ("" or "default") : space != about)
            {
                Elsewhere(errors, about);
            }
        }
        else
        {
            New(errors, e.Metadata, about, ("reportingComponent", e.ReportingComponent), ("reportingInstance", e.ReportingInstance), ("action", e.Action), ("reason", e.Reason), e.Message);
        }

        errors.Invalid(FieldPath.Root("namespace"), space, Rules.DnsSubdomain(space));
    }

    private static void Elsewhere(FieldErrors errors, string about) =>
        errors.Invalid(FieldPath.Root("involvedObject").Child("namespace"), about, "does not match event.namespace");

    private static void New(
        FieldErrors errors, V1ObjectMeta meta, string about, (string Name, string Value) controller, (string Name, string Value) instance, (string Name, string Value) action,
        (string Name, string Value) reason, string note)
    {
        if (about.Length == 0 && meta.Namespace is not ("default" or "kube-system"))
        {
            Elsewhere(errors, about);
        }

        if (controller.Value.Length == 0)
        {
            errors.Required(FieldPath.Root(controller.Name));
        }

        errors.Invalid(FieldPath.Root(controller.Name), controller.Value, Rules.QualifiedName(controller.Value));
        foreach (var (name, value) in (ReadOnlySpan<(string, string)>)[instance, action, reason])
        {
            if (value.Length == 0)
            {
                errors.Required(FieldPath.Root(name));
            }
            else if (Encoding.UTF8.GetByteCount(value) > LongestName)
            {
                errors.Invalid(FieldPath.Root(name), "", $"can have at most {LongestName} characters");
            }
        }

        if (Encoding.UTF8.GetByteCount(note) > LongestNote)
        {
            errors.Invalid(FieldPath.Root("message"), "", $"can have at most {LongestNote} characters");
        }
    }

    /// <summary>A new event of the newer API, of which the metadata is looked at after what both APIs ask for.</summary>
    /// <param name="errors">Takes what is wrong.</param>
    /// <param name="e">The event.</param>
    /// <param name="metadata">Looks at the metadata.</param>
    public static void Create(FieldErrors errors, EventsV1Event e, Action metadata)
    {
        OfBoth(errors, e);
        metadata();
        Series(errors, e.Series);
        Created(errors, e);
    }

    public static void Update(FieldErrors errors, EventsV1Event e, EventsV1Event old)
    {
        OfBoth(errors, e);
        if (!Equals(e.Series, old.Series))
        {
            Series(errors, e.Series);
        }

        Kept(errors, e, old);
    }

    private static void OfBoth(FieldErrors errors, EventsV1Event e)
    {
        var (space, about) = (e.Metadata.Namespace, e.Regarding.Namespace);
        if (e.EventTime is not null)
        {
            New(errors, e.Metadata, about, ("reportingController", e.ReportingController), ("reportingInstance", e.ReportingInstance), ("action", e.Action), ("reason", e.Reason), e.Note);
        }
        else if (about.Length == 0 ? space is not ("" or "default") : space != about)
        {
            Elsewhere(errors, about);
        }

        errors.Invalid(FieldPath.Root("namespace"), space, Rules.DnsSubdomain(space));
    }

    private static void Series(FieldErrors errors, EventsV1EventSeries? series)
    {
        if (series is null)
        {
            return;
        }

        if (series.Count < 2)
        {
            errors.Invalid(FieldPath.Root("series.count"), "", "should be at least 2");
        }

        if (series.LastObservedTime is null)
        {
            errors.Required(FieldPath.Root("series.lastObservedTime"));
        }
    }

    private static void Created(FieldErrors errors, EventsV1Event e)
    {
        if (e.EventTime is null)
        {
            errors.Required(FieldPath.Root("eventTime"));
        }

        if (e.Type is not ("Normal" or "Warning"))
        {
            errors.Invalid(FieldPath.Root("type"), "", "has invalid value: " + e.Type);
        }

        foreach (var (name, set) in (ReadOnlySpan<(string, bool)>)
            [
                ("firstTimestamp", e.DeprecatedFirstTimestamp is not null), ("lastTimestamp", e.DeprecatedLastTimestamp is not null), ("count", e.DeprecatedCount != 0),
                ("source", e.DeprecatedSource is { Component.Length: > 0 } or { Host.Length: > 0 }),
            ])
        {
            if (set)
            {
                errors.Invalid(FieldPath.Root(name), "", "needs to be unset");
            }
        }
    }

    // Only the series of an event goes on.
    private static void Kept(FieldErrors errors, EventsV1Event e, EventsV1Event old)
    {
        foreach (var (name, now, before) in (ReadOnlySpan<(string, object?, object?)>)
            [
                ("involvedObject", e.Regarding, old.Regarding), ("reason", e.Reason, old.Reason), ("message", e.Note, old.Note), ("source", e.DeprecatedSource, old.DeprecatedSource),
                ("firstTimestamp", e.DeprecatedFirstTimestamp, old.DeprecatedFirstTimestamp), ("lastTimestamp", e.DeprecatedLastTimestamp, old.DeprecatedLastTimestamp),
                ("count", e.DeprecatedCount, old.DeprecatedCount), ("reason", e.Reason, old.Reason), ("type", e.Type, old.Type), ("eventTime", e.EventTime, old.EventTime),
                ("action", e.Action, old.Action), ("related", e.Related, old.Related), ("reportingController", e.ReportingController, old.ReportingController),
                ("reportingInstance", e.ReportingInstance, old.ReportingInstance),
            ])
        {
            errors.Immutable(FieldPath.Root(name), Equals(now, before), now);
        }
    }
}
