namespace Gantry.Server.Pipeline;

/// <summary>Why a body in a binary encoding is no object; told once it is known what it should have been.</summary>
/// <param name="ApiVersion">What the body says it is; empty where it is not even that far in order.</param>
/// <param name="Kind">The same.</param>
/// <param name="Text">What is wrong.</param>
public sealed record BodyProblem(string ApiVersion, string Kind, string Text);
