using Gantry.Api.Models;
using Gantry.Api.Schemas;

namespace Gantry.Server.Admission;

/// <summary>What is to be charged to quotas.</summary>
/// <param name="Type">The kind of what is to be written.</param>
/// <param name="Value">What is to be written.</param>
/// <param name="Old">What it replaces; null for new objects.</param>
/// <param name="Reports">Whether it only says how things are, which is charged and never refused.</param>
public sealed record QuotaRequest(ResourceType Type, IApiObject Value, IApiObject? Old = null, bool Reports = false);
