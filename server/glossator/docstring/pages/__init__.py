"""Pages as text: Markdown that all readers read alike, sections between markers, templates; reads its own templates."""
