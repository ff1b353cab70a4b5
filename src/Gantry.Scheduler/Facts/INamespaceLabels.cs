namespace Gantry.Scheduler.Facts;

/// <summary>The labels of namespaces, which affinity terms may select by.</summary>
public interface INamespaceLabels
{
    /// <summary>The labels of this namespace, empty when it is not known.</summary>
    IReadOnlyDictionary<string, string> LabelsOf(string name);
}
