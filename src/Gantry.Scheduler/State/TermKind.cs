namespace Gantry.Scheduler.State;

/// <summary>Which wish of an existing pod a term is.</summary>
public enum TermKind
{
    RequiredAffinity,
    RequiredAntiAffinity,
    PreferredAffinity,
    PreferredAntiAffinity,
}
