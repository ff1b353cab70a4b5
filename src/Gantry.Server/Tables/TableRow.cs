using Gantry.Api.Models;
using Gantry.Api.Trees;

namespace Gantry.Server.Tables;

/// <summary>A row of a Table.</summary>
/// <param name="Value">The object.</param>
/// <param name="Json">The same as whole JSON in the version asked for; rows carry it, or its metadata.</param>
/// <param name="Cells">Texts, numbers and flags, one for each column.</param>
public readonly record struct TableRow(IApiObject Value, ReadOnlyMemory<byte> Json, IReadOnlyList<Tree> Cells)
{
    /// <summary>The row of an object of a built-in kind.</summary>
    public static TableRow Of(IApiObject value, ReadOnlyMemory<byte> json, DateTimeOffset now) => new(value, json, TableRenderer.Cells(value, now));
}
