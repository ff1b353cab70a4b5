namespace Gantry.Store.Sqlite;

/// <summary>A store file cannot be opened, and why; the message names the file and says what can be done.</summary>
public sealed class StoreFileException(StoreFileProblem problem, string message, Exception? inner = null) : IOException(message, inner)
{
    public StoreFileProblem Problem { get; } = problem;
}
