-- How Neovim starts the server; `vim.lsp.enable('glossator')` is enough where this file is on the runtime path.
---@type vim.lsp.Config
return {
  cmd = { 'glossator', 'server' },
  filetypes = { 'python', 'markdown' },
  root_markers = { 'glossator.toml', 'pyproject.toml', '.git' },
  -- Neovim applies edits that name the version of the text they are made for, and does not say so: it says only what a
  -- configuration adds. With it the server's edits are refused where the text has changed since.
  capabilities = { workspace = { workspaceEdit = { documentChanges = true } } },
}
