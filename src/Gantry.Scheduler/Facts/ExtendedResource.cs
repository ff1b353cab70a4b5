namespace Gantry.Scheduler.Facts;

/// <summary>An amount of a resource that has no field of its own, such as <c>example.com/gpu</c> or <c>hugepages-2Mi</c>.</summary>
public readonly record struct ExtendedResource(string Name, long Amount);
