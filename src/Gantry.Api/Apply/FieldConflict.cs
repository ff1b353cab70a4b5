namespace Gantry.Api.Apply;

/// <summary>A field that another manager owns and that an apply would change.</summary>
/// <param name="Message">Such as <c>conflict with "kubectl-edit" using apps/v1</c>.</param>
/// <param name="Field">The path, such as <c>.spec.replicas</c>.</param>
public sealed record FieldConflict(string Message, string Field);
