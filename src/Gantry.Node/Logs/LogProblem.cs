namespace Gantry.Node.Logs;

/// <summary>One wrong option, in the form of a cause: the kind of error, its words, the field.</summary>
public readonly record struct LogProblem(string Reason, string Message, string Field);
